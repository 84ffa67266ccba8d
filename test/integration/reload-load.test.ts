import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { LbConfig } from '../helpers/lb-config.ts';
import { connectRaw, type RawClient } from '../helpers/raw-client.ts';
import { describeWith } from '../helpers/requires.ts';
import { type BackendProcess, startBackendProcess } from '../helpers/start-backend-process.ts';
import { startEcho } from '../helpers/start-echo.ts';
import {
  connectWebSocket,
  echo,
  startWebSocketBackend,
  type WebSocketClient,
} from '../helpers/start-websocket.ts';
import { startWrk, type WrkResult } from '../helpers/start-wrk.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';
import { takeSample } from '../soak/sample.ts';
import { Subject } from '../soak/subject.ts';
import { leaksBetween } from '../soak/verdict.ts';

/** How long; `LB_RELOAD_SECONDS=60` for the whole proof. */
const SECONDS = Number(process.env['LB_RELOAD_SECONDS'] ?? 20);
/** Until compiled code has its size. */
const WARM_SECONDS = Math.ceil(SECONDS / 6);
/** From one reload to the next at least. */
const EVERY_MS = 200;
/** So many reloads each backend lives. */
const LIVES = 12;
const BACKENDS = 3;
const SESSIONS = 4;
/** For what lb holds when all is over: probes come and go. */
const LOOKS = 3;

/** Sessions that must never notice anything. */
class Sessions {
  readonly #chats: readonly WebSocketClient[];
  readonly #tcp: readonly RawClient[];
  #words = 0;

  constructor(chats: readonly WebSocketClient[], tcp: readonly RawClient[]) {
    this.#chats = chats;
    this.#tcp = tcp;
  }

  static async open(subject: Subject): Promise<Sessions> {
    const each = Array.from({ length: SESSIONS });
    return new Sessions(
      await Promise.all(each.map(() => connectWebSocket(subject.address('chat')))),
      await Promise.all(each.map(() => connectRaw(subject.address('tcp')))),
    );
  }

  /** Each says something and hears it. */
  async speak(): Promise<void> {
    const word = `word-${++this.#words};`;
    for (const chat of this.#chats) chat.session.send(word);
    for (const session of this.#tcp) session.send(word);
    for (const chat of this.#chats) expect(String(await chat.message())).toBe(word);
    for (const session of this.#tcp) await session.until(new RegExp(`${word}$`));
  }

  close(): void {
    for (const chat of this.#chats) chat.session.close();
    for (const session of this.#tcp) session.end();
  }
}

/** Backends that come and go: each is a process, and ends in order once lb has let go of it. */
class Fleet {
  readonly #ending: Promise<unknown>[] = [];
  #all: readonly BackendProcess[] = [];
  started = 0;

  async grow(): Promise<void> {
    this.#all = [...this.#all, await startBackendProcess(`backend-${++this.started}`)];
  }

  get addresses(): readonly string[] {
    return this.#all.map(({ address }) => address);
  }

  /** Without the oldest, as a configuration that is about to be reloaded. @returns ends that one, after the reload. */
  shrink(): () => void {
    const [oldest, ...others] = this.#all;
    this.#all = others;
    return () => {
      oldest?.signal('SIGTERM');
      this.#ending.push(oldest?.exited ?? Promise.resolve());
    };
  }

  /** Resolves when all that were to end have ended, which they do only once nobody is connected. */
  async ended(): Promise<void> {
    await Promise.all(this.#ending);
  }
}

/** Whom lb is given for other pools, and what it says about all. */
interface Others {
  readonly chat: string;
  readonly tcp: string;
}

function configOf(web: readonly string[], { chat, tcp }: Others, turn: number): LbConfig {
  const pool = { connection_pool: { idle: '500ms' }, health_check: { interval: '1s' } };
  return {
    global: { access_log: { enabled: false }, admin: { bind: '127.0.0.1:0' } },
    listeners: [
      {
        name: 'web',
        bind: '127.0.0.1:0',
        limits: { header_count: 100 + (turn % 7) },
        routes: [
          { name: `even-${turn % 2}`, pool: 'web', match: { path: turn % 2 === 0 ? '/' : '/api' } },
          { name: 'rest', pool: 'web', match: { path: turn % 2 === 0 ? '/api' : '/' } },
        ],
      },
      { name: 'chat', bind: '127.0.0.1:0', pool: 'chat' },
      { name: 'tcp', protocol: 'tcp', bind: '127.0.0.1:0', pool: 'tcp' },
    ],
    pools: {
      web: {
        ...pool,
        algorithm: turn % 3 === 0 ? 'weighted_least_connections' : 'weighted_round_robin',
        backends: web.map((address, index) => ({ address, weight: 1 + ((turn + index) % 3) })),
      },
      chat: { ...pool, backends: [chat] },
      tcp: { ...pool, backends: [tcp] },
    },
  };
}

/** Load for so long, with reload after reload. @returns what each wrk has seen. */
async function round(
  subject: Subject,
  fleet: Fleet,
  others: Others,
  seconds: number,
): Promise<readonly WrkResult[]> {
  const sessions = await Sessions.open(subject);
  const loads = [
    startWrk(subject.address('web'), { connections: 64, seconds }),
    startWrk(subject.address('web'), { connections: 8, seconds, closes: true }),
  ];
  for (let turn = 1; loads.some(({ running }) => running); turn++) {
    const rest = delay(EVERY_MS);
    const renews = turn % Math.ceil(LIVES / BACKENDS) === 0;
    if (renews) await fleet.grow();
    const end = renews ? fleet.shrink() : () => undefined;
    await subject.reload(configOf(fleet.addresses, others, turn));
    end();
    await sessions.speak();
    await rest;
  }
  const results = await Promise.all(loads.map(({ result }) => result));
  await sessions.speak();
  sessions.close();
  await fleet.ended();
  return results;
}

describeWith('wrk')('reloads under load', () => {
  it(
    'fails no request, touches no session and keeps nothing',
    async () => {
      const fleet = new Fleet();
      for (let count = 0; count < BACKENDS; count++) await fleet.grow();
      const [chat, tcp] = await Promise.all([startWebSocketBackend(echo), startEcho()]);
      const others = { chat, tcp };
      const path = join(makeTempDir(), 'lb.yaml');
      const subject = await Subject.start(path, configOf(fleet.addresses, others, 0));
      onTestFinished(() => subject.kill());

      const warm = await round(subject, fleet, others, WARM_SECONDS);
      const first = await takeSample(subject, LOOKS);
      const before = subject.reloads;
      const results = await round(subject, fleet, others, SECONDS);
      const reloads = subject.reloads - before;
      const last = await takeSample(subject, LOOKS);
      const [kept, closing] = results.map(({ requests }) => requests);
      process.stdout.write(
        `${reloads} reloads in ${SECONDS} s, ${fleet.started} backends: ${kept} requests by 64 connections, ` +
          `${closing} by one each; ${JSON.stringify(first)}, then ${JSON.stringify(last)}\n`,
      );

      for (const { requests, socketErrors, failures } of [...warm, ...results]) {
        expect({ socketErrors, failures }).toEqual({ socketErrors: '', failures: 0 });
        expect(requests).toBeGreaterThan(0);
      }
      expect(reloads).toBeGreaterThan(SECONDS); // it goes on under load, however slow the machine is
      expect(leaksBetween(first, last)).toEqual([]);
      expect(subject.complaints).toBe('');
      expect(await subject.stop()).toBe(0);
    },
    (SECONDS + WARM_SECONDS) * 1000 + 90_000,
  );
});
