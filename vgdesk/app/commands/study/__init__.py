"""The replication of the study: `vgdesk reproduce`."""
