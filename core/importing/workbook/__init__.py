"""XLSX: sheets whose rows stream, with the text that a person sees in each cell."""
