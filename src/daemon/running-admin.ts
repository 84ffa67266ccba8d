import { AdminServer } from '../admin/admin-server.ts';
import type { AdminSubject } from '../admin/endpoints.ts';
import type { Rights } from '../admin/rights.ts';
import { usablePath } from '../api/control-path.ts';
import type { GlobalConfig } from '../config/snapshot.ts';
import { type Address, formatAddress } from '../foundation/address.ts';
import type { TimerWheel } from '../foundation/timer-wheel.ts';
import type { StreamListener } from '../listener/stream-listener.ts';
import type { Log } from './log.ts';
import type { StagedSockets, Wish } from './sockets.ts';

export interface RunningAdminServices extends AdminSubject {
  readonly wheel: TimerWheel;
  readonly log: Log;
  /** Where `control: auto` looks for a place. */
  readonly controlPaths: readonly string[];
}

/** The admin address and the control socket of a daemon: the same API, with other rights. */
export class RunningAdmin {
  readonly #services: RunningAdminServices;
  /** What `control: auto` stands for as long as lb runs. */
  readonly #autoPath: string | null;
  #admin: AdminServer | null = null;
  #control: AdminServer | null = null;
  /** Moved away from, with answers under way. */
  #retired: readonly AdminServer[] = [];
  #adminRights: Rights = { trusted: false, openReads: false, token: null };
  /** Why there is no control socket, as it was told last. */
  #toldWhy: string | null = null;

  constructor(services: RunningAdminServices) {
    this.#services = services;
    this.#autoPath = usablePath(services.controlPaths);
  }

  /** Where /metrics and the rest are served; null when `admin: off`. */
  get address(): Address | null {
    return this.#admin?.address ?? null;
  }

  /** What a generation wants to listen on besides its listeners. */
  wishes(global: GlobalConfig): readonly Wish[] {
    return [adminWish(global), this.#controlWish(global)].filter((wish) => wish !== null);
  }

  #controlWish({ control }: GlobalConfig): Wish | null {
    const path = control === 'auto' ? this.#autoPath : control;
    if (path === null) return null;
    const wish = { name: 'control', bind: { kind: 'unix', path }, isPrivate: true } as const;
    return control === 'auto' ? { ...wish, isOptional: true } : wish;
  }

  /** Brings both to another generation. One that stays where it was keeps its connections. */
  replace(global: GlobalConfig, sockets: StagedSockets): void {
    if (global.admin !== null) {
      const { bind, token } = global.admin;
      this.#adminRights = { trusted: false, openReads: isLoopback(bind), token };
    }
    const admin = adminWish(global);
    this.#admin = this.#move(this.#admin, admin === null ? null : sockets.socketFor(admin), {
      rights: () => this.#adminRights,
      message: 'admin listening',
    });
    const control = this.#controlWish(global);
    const why = control === null ? whyWithout(global) : sockets.whyDenied(control);
    const isThere = control !== null && why === null;
    this.#control = this.#move(this.#control, isThere ? sockets.socketFor(control) : null, {
      rights: () => ({ trusted: true, openReads: true, token: null }),
      message: 'control listening',
    });
    if (why !== null && why !== this.#toldWhy) {
      const { log } = this.#services;
      if (control === null) log.info({ why }, 'there is no control socket');
      else log.warn({ why }, 'there is no control socket');
    }
    this.#toldWhy = why;
  }

  #move(
    before: AdminServer | null,
    socket: StreamListener | null,
    how: { readonly rights: () => Rights; readonly message: string },
  ): AdminServer | null {
    if (socket?.address === before?.address) return before;
    if (before !== null) this.#retire(before);
    if (socket === null) return null;
    const { wheel, metrics, operator, log } = this.#services;
    const onFault = (error: unknown) => log.error({ err: error }, 'cannot answer a request');
    const { rights } = how;
    const server = new AdminServer(socket, { wheel, metrics, operator, rights, onFault });
    server.serve();
    log.info({ address: formatAddress(socket.address) }, how.message);
    return server;
  }

  #retire(server: AdminServer): void {
    void server.retire();
    this.#retired = [...this.#retired.filter(({ connections }) => connections > 0), server];
  }

  async close(): Promise<void> {
    const all = [this.#admin, this.#control, ...this.#retired];
    await Promise.all(all.map((server) => server?.close()));
  }
}

function adminWish({ admin }: GlobalConfig): Wish | null {
  return admin === null ? null : { name: 'admin', bind: admin.bind };
}

/** Nobody need hear of what they have asked for. */
function whyWithout({ control }: GlobalConfig): string | null {
  return control === null
    ? null
    : 'control is auto, and neither RUNTIME_DIRECTORY, /run/lb nor XDG_RUNTIME_DIR is a folder that lb may write to; set global.control to a path, or to off';
}

/** Reached from this machine alone. */
function isLoopback(address: Address): boolean {
  if (address.kind === 'unix') return true;
  return /^(127\.|::1$|localhost$)/.test(address.host);
}
