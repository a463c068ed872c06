"""What every room stands on and nobody owns: crypto, encrypted fields, ids, working time.

No tables of its own and no imports of ours.
"""
