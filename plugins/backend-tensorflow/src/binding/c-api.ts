/** An address in the library's memory. */
export type Pointer = bigint;

/** One output of an operation in a graph, `TF_Output`. */
export interface GraphOutput {
  readonly oper: Pointer;
  readonly index: number;
}

/** The C functions of TensorFlow that kd calls, as declared in `tensorflow/c/c_api.h`, `eager/c_api.h` and `eager/c_api_experimental.h`. */
export const SIGNATURES = {
  TF_Version: 'const char *TF_Version()',
  TF_NewStatus: 'void *TF_NewStatus()',
  TF_GetCode: 'int TF_GetCode(void *status)',
  TF_Message: 'const char *TF_Message(void *status)',
  TF_SetStatus: 'void TF_SetStatus(void *status, int code, const char *message)',

  TFE_NewContextOptions: 'void *TFE_NewContextOptions()',
  TFE_ContextOptionsSetConfig: 'void TFE_ContextOptionsSetConfig(void *options, const uint8_t *config, size_t length, void *status)',
  TFE_DeleteContextOptions: 'void TFE_DeleteContextOptions(void *options)',
  TFE_NewContext: 'void *TFE_NewContext(void *options, void *status)',
  TFE_DeleteContext: 'void TFE_DeleteContext(void *context)',
  TFE_ContextListDevices: 'void *TFE_ContextListDevices(void *context, void *status)',
  TF_DeviceListCount: 'int TF_DeviceListCount(void *list)',
  TF_DeviceListName: 'const char *TF_DeviceListName(void *list, int index, void *status)',
  TF_DeviceListType: 'const char *TF_DeviceListType(void *list, int index, void *status)',
  TF_DeviceListMemoryBytes: 'int64_t TF_DeviceListMemoryBytes(void *list, int index, void *status)',
  TF_DeleteDeviceList: 'void TF_DeleteDeviceList(void *list)',

  TF_AllocateTensor: 'void *TF_AllocateTensor(int dtype, const int64_t *shape, int rank, size_t bytes)',
  TF_DeleteTensor: 'void TF_DeleteTensor(void *tensor)',
  TF_TensorData: 'void *TF_TensorData(void *tensor)',
  TF_TensorByteSize: 'size_t TF_TensorByteSize(void *tensor)',
  TF_TensorType: 'int TF_TensorType(void *tensor)',
  TF_NumDims: 'int TF_NumDims(void *tensor)',
  TF_Dim: 'int64_t TF_Dim(void *tensor, int index)',
  TF_StringInit: 'void TF_StringInit(void *string)',
  TF_StringCopy: 'void TF_StringCopy(void *string, const uint8_t *source, size_t bytes)',
  TF_StringGetDataPointer: 'void *TF_StringGetDataPointer(void *string)',
  TF_StringGetSize: 'size_t TF_StringGetSize(void *string)',
  TF_StringDealloc: 'void TF_StringDealloc(void *string)',

  TFE_NewTensorHandle: 'void *TFE_NewTensorHandle(void *tensor, void *status)',
  TFE_DeleteTensorHandle: 'void TFE_DeleteTensorHandle(void *handle)',
  TFE_TensorHandleDataType: 'int TFE_TensorHandleDataType(void *handle)',
  TFE_TensorHandleNumDims: 'int TFE_TensorHandleNumDims(void *handle, void *status)',
  TFE_TensorHandleDim: 'int64_t TFE_TensorHandleDim(void *handle, int index, void *status)',
  TFE_TensorHandleResolve: 'void *TFE_TensorHandleResolve(void *handle, void *status)',

  TFE_NewOp: 'void *TFE_NewOp(void *context, const char *name, void *status)',
  TFE_DeleteOp: 'void TFE_DeleteOp(void *op)',
  TFE_OpSetDevice: 'void TFE_OpSetDevice(void *op, const char *device, void *status)',
  TFE_OpAddInput: 'void TFE_OpAddInput(void *op, void *handle, void *status)',
  TFE_OpSetAttrString: 'void TFE_OpSetAttrString(void *op, const char *name, const char *value, size_t bytes)',
  TFE_OpSetAttrStringList: 'void TFE_OpSetAttrStringList(void *op, const char *name, const char **values, const size_t *bytes, int count)',
  TFE_OpSetAttrInt: 'void TFE_OpSetAttrInt(void *op, const char *name, int64_t value)',
  TFE_OpSetAttrIntList: 'void TFE_OpSetAttrIntList(void *op, const char *name, const int64_t *values, int count)',
  TFE_OpSetAttrFloat: 'void TFE_OpSetAttrFloat(void *op, const char *name, float value)',
  TFE_OpSetAttrFloatList: 'void TFE_OpSetAttrFloatList(void *op, const char *name, const float *values, int count)',
  TFE_OpSetAttrBool: 'void TFE_OpSetAttrBool(void *op, const char *name, uint8_t value)',
  TFE_OpSetAttrBoolList: 'void TFE_OpSetAttrBoolList(void *op, const char *name, const uint8_t *values, int count)',
  TFE_OpSetAttrType: 'void TFE_OpSetAttrType(void *op, const char *name, int value)',
  TFE_OpSetAttrTypeList: 'void TFE_OpSetAttrTypeList(void *op, const char *name, const int *values, int count)',
  TFE_OpSetAttrShape: 'void TFE_OpSetAttrShape(void *op, const char *name, const int64_t *shape, int rank, void *status)',
  TFE_NewExecutor: 'void *TFE_NewExecutor(uint8_t isAsync, uint8_t streaming, int mostNodes)',
  TFE_ExecutorWaitForAllPendingNodes: 'void TFE_ExecutorWaitForAllPendingNodes(void *executor, void *status)',
  TFE_ExecutorClearError: 'void TFE_ExecutorClearError(void *executor)',
  TFE_ContextGetExecutorForThread: 'void *TFE_ContextGetExecutorForThread(void *context)',
  TFE_ContextSetExecutorForThread: 'void TFE_ContextSetExecutorForThread(void *context, void *executor)',
  TFE_Execute: 'void TFE_Execute(void *op, void *outputs, void *count, void *status)',

  TF_NewGraph: 'void *TF_NewGraph()',
  TF_DeleteGraph: 'void TF_DeleteGraph(void *graph)',
  TF_NewOperation: 'void *TF_NewOperation(void *graph, const char *type, const char *name)',
  TF_FinishOperation: 'void *TF_FinishOperation(void *description, void *status)',
  TF_AddInput: 'void TF_AddInput(void *description, TF_Output input)',
  TF_AddInputList: 'void TF_AddInputList(void *description, const TF_Output *inputs, int count)',
  TF_OperationOutputType: 'int TF_OperationOutputType(TF_Output output)',
  TF_GraphGetTensorNumDims: 'int TF_GraphGetTensorNumDims(void *graph, TF_Output output, void *status)',
  TF_GraphGetTensorShape: 'void TF_GraphGetTensorShape(void *graph, TF_Output output, void *shape, int rank, void *status)',
  TF_SetAttrString: 'void TF_SetAttrString(void *description, const char *name, const char *value, size_t bytes)',
  TF_SetAttrStringList: 'void TF_SetAttrStringList(void *description, const char *name, const char **values, const size_t *bytes, int count)',
  TF_SetAttrInt: 'void TF_SetAttrInt(void *description, const char *name, int64_t value)',
  TF_SetAttrIntList: 'void TF_SetAttrIntList(void *description, const char *name, const int64_t *values, int count)',
  TF_SetAttrFloat: 'void TF_SetAttrFloat(void *description, const char *name, float value)',
  TF_SetAttrFloatList: 'void TF_SetAttrFloatList(void *description, const char *name, const float *values, int count)',
  TF_SetAttrBool: 'void TF_SetAttrBool(void *description, const char *name, uint8_t value)',
  TF_SetAttrBoolList: 'void TF_SetAttrBoolList(void *description, const char *name, const uint8_t *values, int count)',
  TF_SetAttrType: 'void TF_SetAttrType(void *description, const char *name, int value)',
  TF_SetAttrTypeList: 'void TF_SetAttrTypeList(void *description, const char *name, const int *values, int count)',
  TF_SetAttrShape: 'void TF_SetAttrShape(void *description, const char *name, const int64_t *shape, int rank)',
  TF_SetAttrTensor: 'void TF_SetAttrTensor(void *description, const char *name, void *tensor, void *status)',
  TF_GraphSetTensorShape: 'void TF_GraphSetTensorShape(void *graph, TF_Output output, const int64_t *shape, int rank, void *status)',
  TF_GraphCopyFunction: 'void TF_GraphCopyFunction(void *graph, void *function, void *gradient, void *status)',
  TF_GraphToFunction: 'void *TF_GraphToFunction(void *graph, const char *name, uint8_t append, int nOps, void *ops, int nInputs, const TF_Output *inputs, int nOutputs, const TF_Output *outputs, void *outputNames, void *options, const char *description, void *status)',
  TF_FunctionSetAttrValueProto: 'void TF_FunctionSetAttrValueProto(void *function, const char *name, const uint8_t *value, size_t bytes, void *status)',
  TF_DeleteFunction: 'void TF_DeleteFunction(void *function)',
  TF_NewSessionOptions: 'void *TF_NewSessionOptions()',
  TF_SetConfig: 'void TF_SetConfig(void *options, const uint8_t *config, size_t length, void *status)',
  TF_DeleteSessionOptions: 'void TF_DeleteSessionOptions(void *options)',
  TF_LoadSessionFromSavedModel: 'void *TF_LoadSessionFromSavedModel(void *options, void *runOptions, const char *folder, const char **tags, int count, void *graph, void *metaGraph, void *status)',
  TF_GraphOperationByName: 'void *TF_GraphOperationByName(void *graph, const char *name)',
  TF_SessionRun: 'void TF_SessionRun(void *session, void *runOptions, const TF_Output *inputs, void *inputValues, int nInputs, const TF_Output *outputs, void *outputValues, int nOutputs, void *targets, int nTargets, void *runMetadata, void *status)',
  TF_CloseSession: 'void TF_CloseSession(void *session, void *status)',
  TF_DeleteSession: 'void TF_DeleteSession(void *session, void *status)',
  TFE_ContextAddFunction: 'void TFE_ContextAddFunction(void *context, void *function, void *status)',
  TFE_ContextRemoveFunction: 'void TFE_ContextRemoveFunction(void *context, const char *name, void *status)',
} as const;

/** What each returns; the rest return nothing. */
interface Returns {
  TF_Version: string; TF_NewStatus: Pointer; TF_GetCode: number; TF_Message: string;
  TFE_NewContextOptions: Pointer; TFE_NewContext: Pointer; TFE_ContextListDevices: Pointer; TF_DeviceListCount: number;
  TF_DeviceListName: string; TF_DeviceListType: string; TF_DeviceListMemoryBytes: number | bigint;
  TF_AllocateTensor: Pointer; TF_TensorData: Pointer; TF_TensorByteSize: number | bigint; TF_TensorType: number; TF_NumDims: number; TF_Dim: number | bigint;
  TF_StringGetDataPointer: Pointer; TF_StringGetSize: number | bigint;
  TFE_NewTensorHandle: Pointer; TFE_TensorHandleDataType: number; TFE_TensorHandleNumDims: number; TFE_TensorHandleDim: number | bigint; TFE_TensorHandleResolve: Pointer;
  TFE_NewOp: Pointer; TFE_NewExecutor: Pointer; TFE_ContextGetExecutorForThread: Pointer;
  TF_NewGraph: Pointer; TF_NewOperation: Pointer; TF_FinishOperation: Pointer; TF_OperationOutputType: number; TF_GraphGetTensorNumDims: number;
  TF_GraphToFunction: Pointer; TF_NewSessionOptions: Pointer; TF_LoadSessionFromSavedModel: Pointer; TF_GraphOperationByName: Pointer;
}

/** What C takes: numbers, text, addresses, memory, structs. */
type Argument = number | bigint | string | null | ArrayBufferView | GraphOutput | readonly GraphOutput[] | readonly string[];

export type CApi = {
  readonly [Name in keyof typeof SIGNATURES]: (...args: Argument[]) => Name extends keyof Returns ? Returns[Name] : void;
};
