"""What a citizen opens: H5 pages in WeChat's own look."""
