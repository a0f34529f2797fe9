"""AWS on this machine, as far as a deployment of ours needs it.

`runtime` runs a package as Lambda does.
"""
