"""The pages and the API, by who calls them."""
