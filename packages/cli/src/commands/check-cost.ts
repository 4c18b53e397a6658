import { memoryParts, planMemory, teacherData, type MemoryParts, type MemoryPlan, type Opened, type PickedStudent, type PickedTeacher, type PlannedMemory } from '@kd/core';
import { shown } from '../output/paint.ts';
import { safeText } from '../output/safe-text.ts';
import { count } from '../output/table.ts';

/** What a run would take, in steps and in bytes. */
export interface Cost {
  /** Of the student. */
  readonly steps: number;
  /** Of each teacher that the run trains. */
  readonly teacherSteps: Readonly<Record<string, number>>;
  /** Of the runs to compare with: on the labels alone, and with every label. */
  readonly comparisonSteps: number;
  readonly rowsPerStep: number;
  /** The most at once, about, beside the data. */
  readonly memoryBytes: number;
  readonly plan: MemoryPlan;
}

/** What the memory policy makes of the run. */
export interface PlannedUse {
  readonly policy: string;
  readonly promise?: string;
  readonly rowsAtOnce: number;
  /** Where teachers are while the student trains. */
  readonly teachers: 'stored' | 'live';
  readonly resident?: readonly string[];
  readonly recompute: boolean;
  readonly bytes: MemoryParts;
  /** What the runtime itself may hold, and needs to, about: models and rows, for answers that are stored lie elsewhere. */
  readonly runtime: {
    readonly limitBytes?: number;
    readonly neededBytes: number;
    /** With one row at once. */
    readonly leastBytes: number;
  };
}

export function costOf(context: Opened, student: PickedStudent, teachers: readonly PickedTeacher[]): { readonly cost: Cost; readonly memory: PlannedUse } {
  const { resolved, data } = context;
  const { training, teacherTraining, memory, config: { compare = {} } } = resolved;
  const { estimate, plan, parts }: PlannedMemory = planMemory(context, student, teachers);
  const stepsFor = (rows: number, { batchSize, epochs }: typeof training): number => Math.max(1, Math.ceil(rows / batchSize)) * epochs;
  const steps = stepsFor(data.train.size, training);
  const trained = teachers.filter(({ untrained }) => untrained);
  const compared = student.objective.hard.length > 0 ? Number(compare.baseline ?? false) + Number(compare.ceiling ?? false) : 0;
  return {
    cost: {
      steps, comparisonSteps: compared * steps, rowsPerStep: estimate.batchRows, memoryBytes: parts.peak, plan,
      teacherSteps: Object.fromEntries(trained.map(({ id, space }) => [id, stepsFor(teacherData(context, space).transfer.length, teacherTraining[id]!)])),
    },
    memory: {
      policy: memory.label, ...(memory.promise ? { promise: memory.promise } : {}), rowsAtOnce: Math.min(plan.microBatch ?? estimate.batchRows, estimate.batchRows),
      teachers: plan.teachers ?? 'stored', ...(plan.resident ? { resident: plan.resident } : {}), recompute: plan.recompute ?? false, bytes: parts,
      runtime: { ...(memory.limitBytes === undefined ? {} : { limitBytes: memory.limitBytes }), neededBytes: runtimeBytes(parts), leastBytes: runtimeBytes(memoryParts(estimate, { ...plan, microBatch: 1 })) },
    },
  };
}

/** The same for people. */
export function costLines(cost: Cost, memory: PlannedUse): readonly string[] {
  const { bytes, rowsAtOnce } = memory;
  const taught = Object.entries(cost.teacherSteps).map(([id, steps]) => `${safeText(id)} ${count(steps)}`);
  const compared = cost.comparisonSteps > 0 ? `, ${count(cost.comparisonSteps)} to compare with` : '';
  const training = taught.length > 0 ? `; to train teachers: ${taught.join(', ')}` : '';
  const rows = `${count(rowsAtOnce)} ${rowsAtOnce === 1 ? 'row' : 'rows'} at once${memory.recompute ? ', recomputed' : ''}`;
  const teachers = `teachers ${megabytes(bytes.teachers)} (${whereTeachersAre(memory)})`;
  return [
    `  ${shown('bold', 'cost')}      ${count(cost.steps)} steps of ${cost.rowsPerStep} samples for the student${compared}${training}`,
    `  ${shown('bold', 'memory')}    about ${megabytes(bytes.peak)} at once beside the data: ${safeText(memory.policy)}`,
    `            student ${megabytes(bytes.student)}, ${teachers}, activations ${megabytes(bytes.activations)} of ${rows}`,
    ...(memory.promise ? [`            ${safeText(memory.promise)}`] : []),
  ];
}

function runtimeBytes({ peak, signals }: MemoryParts): number {
  return peak - signals;
}

/** What is likely to go wrong where the runtime may hold less than is needed; nothing where it may not. */
export function limitWarnings({ runtime: { limitBytes = Infinity, neededBytes, leastBytes } }: PlannedUse): readonly string[] {
  if (neededBytes <= limitBytes) return [];
  const short = `The runtime may hold ${megabytes(limitBytes)}, and models and rows need about ${megabytes(neededBytes)} at once`;
  if (leastBytes <= limitBytes) return [`${short}: steps that do not fit will be taken again with fewer rows at once, which costs time. Raise \`hardLimit\`, or take fewer rows from the start (\`micro-batches\`, \`budget\`).`];
  return [`${short}, ${megabytes(leastBytes)} even with one row at once: the run will most likely run out of memory. Raise \`hardLimit\`, or use a smaller student or teacher.`];
}

function whereTeachersAre({ teachers, resident, bytes }: PlannedUse): string {
  if (teachers === 'stored') return `answers stored, ${megabytes(bytes.signals)}`;
  if (!resident) return 'live, in memory';
  return `live, ${resident.length > 0 ? `${safeText(resident.join(', '))} in memory, the others` : 'each'} for its turn`;
}

function megabytes(bytes: number): string {
  if (bytes > 0 && bytes < 1e5) return `${(bytes / 1e3).toFixed(1)} KB`;
  return bytes < 1e7 ? `${(bytes / 1e6).toFixed(1)} MB` : `${count(Math.ceil(bytes / 1e6))} MB`;
}
