"""What staff press: inbox, lists, forms, dashboards."""
