"""The pages and the API, one package for each kind of visitor."""
