import { MemorySignals } from '../knowledge/memory-signals.ts';
import type { Snapshot, SnapshotSlot } from '../run/snapshot.ts';
import type { SignalsRequest, SignalsWriter, UnitRecord, Workspace } from './workspace.ts';

/** Keeps everything in memory: what `distill()` uses. A second call with the same workspace goes on where the first ended. */
export class MemoryWorkspace implements Workspace {
  readonly #records = new Map<string, UnitRecord>();
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #signals = new Map<string, MemorySignals>();

  async recall(unit: string, fingerprint: string): Promise<UnitRecord | undefined> {
    return this.#records.get(`${unit} ${fingerprint}`);
  }

  async remember(unit: string, fingerprint: string, made: UnitRecord): Promise<void> {
    this.#records.set(`${unit} ${fingerprint}`, made);
  }

  snapshots(unit: string, fingerprint: string): SnapshotSlot {
    const key = `${unit} ${fingerprint}`;
    return {
      load: async () => structuredClone(this.#snapshots.get(key)),
      save: async (snapshot) => void this.#snapshots.set(key, structuredClone(snapshot)),
      clear: async () => void this.#snapshots.delete(key),
    };
  }

  async openSignals({ teacher, fingerprint }: SignalsRequest): Promise<MemorySignals | undefined> {
    return this.#signals.get(`${teacher} ${fingerprint}`);
  }

  async writeSignals({ teacher, fingerprint, keys, ids }: SignalsRequest): Promise<SignalsWriter> {
    const signals = new MemorySignals(keys, ids.size);
    return {
      rowsDone: 0,
      append: async (rows, values) => {
        for (const name in values) signals.write(name, rows, values[name]!);
      },
      finish: async () => {
        this.#signals.set(`${teacher} ${fingerprint}`, signals);
        return signals;
      },
      close: async () => {},
    };
  }
}
