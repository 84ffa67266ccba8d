/**
 * Where a backend listens that goes and comes back to the same port. Nobody dials from this address, so the kernel gives
 * the port to no connection meanwhile. Linux has more loopback addresses; elsewhere it is the only one.
 */
export const QUIET_HOST = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
