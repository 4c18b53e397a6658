import { defineTeacherSource, type Strategy } from '@kd/core';
import { httpOptions, type HttpOptions } from './http-options.ts';
import { httpTeacher } from './http-teacher.ts';

/** A model behind a server as a teacher: `source: ['http', { url: 'http://localhost:8501/v1/models/cats:predict' }]`. */
export const http: Strategy<'teacher', HttpOptions> = defineTeacherSource({
  name: 'http',
  summary: 'A model behind HTTP: TensorFlow Serving, Triton, KServe, or a service of your own that speaks as they do.',
  options: httpOptions,
  create: (given) => ({ open: (teacher) => httpTeacher(given, teacher) }),
});
