import { definePlugin, type Plugin } from '@kd/core';
import { onnx } from './onnx.ts';

export { onnx, type OnnxOptions } from './onnx.ts';

const teachersOnnx: Plugin = definePlugin({ name: 'teachers-onnx', strategies: [onnx] });
export default teachersOnnx;
