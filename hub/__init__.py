"""A class on one server: JupyterHub for students who have a Unix user, a folder and a memory limit of their own."""
