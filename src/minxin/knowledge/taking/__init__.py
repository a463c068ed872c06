"""Files and links become documents: unpacked, fetched, read, and told of in words. Run by a worker."""
