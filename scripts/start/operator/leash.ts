/**
 * Loaded into the operator's process before its own code (`node --import`): it ends in good order
 * when the one who holds the other end of its standard input is gone, kill -9 included.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume();
process.stdin.unref();
