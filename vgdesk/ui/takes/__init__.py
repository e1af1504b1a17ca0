"""One take and all takes: inspector, quality, trash, speakers."""
