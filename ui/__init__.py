"""The only shared code that imports streamlit."""
