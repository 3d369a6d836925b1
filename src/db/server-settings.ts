/** The server asks whether a silent client is still there: 5 s of silence, then three times in 6 s. Nothing on a Unix socket. */
export const keepAliveSettings = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3';

/**
 * A transaction that says nothing for so long belongs to a process that is frozen or cut off: the server ends it, and its row locks go
 * to the next worker. None of ours waits for anything but the database. Longer than the 12 s after which its run has lost its lock.
 */
export const idleTransactionSettings = '-c idle_in_transaction_session_timeout=15s';
