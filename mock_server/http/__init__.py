"""HTTP/1.1 on a socket: processes, connections, limits and deadlines."""
