import type { Snapshot } from '../config/snapshot.ts';
import { LbError } from '../foundation/lb-error.ts';
import type { Overlaying } from '../overlay/edit-overlay.ts';
import type { Overlay } from '../overlay/overlay.ts';
import type { Log } from './log.ts';
import { newModules } from './new-modules.ts';
import { type Plan, planOf } from './plan.ts';
import { Turns } from './turns.ts';
import { type Loaded, type Work, workOf } from './work.ts';

/** What goes from one configuration to the next: a daemon. */
export interface Changeable<Staged> {
  readonly stopping: boolean;
  /** Opens all that a configuration needs. @throws LbError: nothing has changed. */
  stage(snapshot: Snapshot): Promise<Staged>;
  /** Closes it again. */
  abort(staged: Staged): Promise<void>;
  /** Cannot fail. @param modules whose content has changed. */
  become(work: Work, staged: Staged, modules: ReadonlySet<string>): void;
  /** What it became is another generation than the one before. */
  countGeneration(): void;
  /** Something has changed, if only what people have said. */
  changed(): void;
  readonly log: Log;
}

/**
 * The configuration at work, and the one way to another: for reloads, and for what people change besides. One at a
 * time, in the order in which they were asked for.
 */
export class Changes<Staged> {
  readonly turns = new Turns();
  readonly #subject: Changeable<Staged>;
  #work: Work;

  /** @param first the subject becomes it before anything else is asked. */
  constructor(subject: Changeable<Staged>, first: Work) {
    this.#subject = subject;
    this.#work = first;
  }

  get work(): Work {
    return this.#work;
  }

  /** @throws LbError LISTEN_FAILED, OUTPUT_FAILED */
  async begin(work: Work): Promise<void> {
    const staged = await this.#subject.stage(work.snapshot);
    this.#work = work;
    this.#subject.become(work, staged, new Set());
    this.#tellDropped(work);
  }

  /** What `reload` would do. */
  plan(loaded: Loaded): Plan {
    return this.#planTo(workOf(loaded, this.#work.overlay));
  }

  #planTo(work: Work): Plan {
    const from = this.#work;
    return planOf(from.snapshot, work.snapshot, newModules(from.file, work.file));
  }

  /**
   * Goes over to what another file says. What people have changed holds over that, too, as far as it still means
   * something.
   *
   * @returns what has changed.
   * @throws LbError LISTEN_FAILED, OUTPUT_FAILED, STOPPING, BUSY: nothing has changed.
   */
  reload(loaded: Loaded): Promise<Plan> {
    return this.turns.take(() => this.#goTo(loaded, this.#work.overlay));
  }

  /** Changes what people have changed. To be called in a turn. @throws as `reload`, and as `edit`. */
  change(edit: (from: Overlaying) => Overlay): Promise<Plan> {
    const { file, overlay } = this.#work;
    return this.#goTo(file, edit({ file: file.snapshot, overlay }));
  }

  async #goTo(file: Loaded, overlay: Overlay): Promise<Plan> {
    const subject = this.#subject;
    const work = workOf(file, overlay);
    const plan = this.#planTo(work);
    if (plan.length > 0) {
      const staged = await subject.stage(work.snapshot);
      if (subject.stopping) {
        await subject.abort(staged);
        throw new LbError('STOPPING', 'Cannot change the configuration: lb is stopping');
      }
      subject.become(work, staged, newModules(this.#work.file, file));
      subject.countGeneration();
    }
    this.#work = work;
    this.#tellDropped(work);
    subject.changed();
    return plan;
  }

  #tellDropped({ dropped }: Work): void {
    for (const { entry, because } of dropped) {
      const { kind, pool, backend, who, why } = entry;
      const facts = { pool, backend, change: kind, who, why, because };
      this.#subject.log.info(facts, 'ordered change dropped');
    }
  }
}
