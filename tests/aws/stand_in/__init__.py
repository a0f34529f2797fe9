"""AWS on this machine, as far as a deployment of ours needs it.

Begin with `world`, which is all of it behind one port; `runtime` runs a package as
Lambda does, and is of use by itself.
"""
