"""AWS on this machine, as far as a deployment of ours needs it.

Begin with `world`, which is all of it behind one port; `runtime` runs a package as
Lambda does, and is of use by itself.

What only a live account can confirm: how quick a cold start is at Lambda's share of a
processor; that CloudFront sends the headers and matches the patterns as its pages say,
and that S3 believes its signature; what certificates, DNS and SES's own approval need;
the quotas; that IAM reads our policies as `permissions` and ministack do; the alarms;
that indexes lag; how CloudFormation takes what moto keeps as it was asked for.
"""
