"""ClickHouse out of the library that npm installed: its own HTTP and TCP fronts, users and rights. Ends with its stdin."""

import ctypes
import os
import sys
import threading

library, *flags = sys.argv[1:]
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
argv = [b"clickhouse-local", *map(os.fsencode, flags)]
ctypes.CDLL(library).chdb_query_cmdline(len(argv), (ctypes.c_char_p * len(argv))(*argv))
