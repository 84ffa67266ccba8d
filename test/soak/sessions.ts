import { connect } from 'node:net';
import { WebSocket } from 'ws';

/** What a session says before it ends, and hears again. */
const MESSAGES = 20;

/** One session over WebSocket; resolves when it is over, however it went. */
export function holdWebSocket(address: string): Promise<void> {
  return new Promise((resolve) => {
    const session = new WebSocket(`ws://${address}/`);
    let left = MESSAGES;
    const say = () => {
      if (left-- > 0) session.send('hello');
      else session.close();
    };
    session.on('open', say).on('message', say);
    session.on('error', () => undefined).on('close', () => resolve());
  });
}

/** One session over plain TCP; resolves when it is over, however it went. */
export function holdTcp(address: string): Promise<void> {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host: host!, port: Number(port) });
    let left = MESSAGES;
    const say = () => {
      if (left-- > 0) socket.write('hello');
      else socket.end();
    };
    socket.on('connect', say).on('data', say);
    socket.on('error', () => undefined).on('close', () => resolve());
  });
}
