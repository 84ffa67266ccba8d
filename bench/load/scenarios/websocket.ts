import { defineExchangeScenario } from '../exchange-scenario.ts';
import type { Traffic } from '../load-generator.ts';

const payload = Buffer.from('a message of 32 bytes, no more.\n');
const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const finalTextFrame = 0x81;
const masked = 0x80;

// The key is the one of RFC 6455 §1.3: the backend answers it without computing anything.
const upgrade = [
  'GET /socket HTTP/1.1',
  'Host: shop.example.com',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Origin: https://shop.example.com',
];

export const websocketTraffic: Traffic = {
  connections: 64,
  connectionEach: false,
  opening: Buffer.from(`${upgrade.join('\r\n')}\r\n\r\n`),
  // Clients mask, servers do not (RFC 6455 §5.1).
  request: Buffer.concat([
    Buffer.from([finalTextFrame, masked | payload.length]),
    mask,
    payload.map((byte, at) => byte ^ mask[at % mask.length]!),
  ]),
  answer: {
    kind: 'bytes',
    bytes: Buffer.concat([Buffer.from([finalTextFrame, payload.length]), payload]),
  },
};

export const websocket = defineExchangeScenario({
  name: 'websocket',
  summary: `64 WebSockets, one ${payload.length}-byte message at a time, sent back`,
  job: 'websocket',
  backends: 'websocket',
  traffic: websocketTraffic,
  unit: 'echo',
  latency: true,
});
