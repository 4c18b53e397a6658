import { engine } from '@tensorflow/tfjs-core';
import { afterAll } from 'vitest';

// Test files share a process; none finds another's backend, tensors or flags.
afterAll(() => engine().reset());
