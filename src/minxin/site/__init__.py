"""The composition root: settings, urls, the root application. Nothing imports it but `cli`."""
