/**
 * The part of TensorFlow's C API that is called: one line per function, its result and then its parameters, each under
 * the name of its C type. `TF_Output` is passed by value.
 */

/** A C function. */
function c<const R extends Deno.NativeResultType, const P extends readonly Deno.NativeType[]>(
  result: R,
  ...parameters: P
) {
  return { parameters, result };
}

const uchar = "u8", int = "i32", int64 = "i64", size = "usize", float = "f32";
const TF_Code = "i32", TF_DataType = "i32";
/** `TF_Output { TF_Operation* oper; int index; }` */
const TF_Output = { struct: ["pointer", "i32"] } as const;

// Memory that JavaScript lends for the call
const chars = "buffer", bytes = "buffer", sizes = "buffer", ints = "buffer", int64s = "buffer", floats = "buffer";
const uchars = "buffer", types = "buffer", pointers = "buffer", outputs = "buffer";

// Memory that TensorFlow owns
const text = "pointer", data = "pointer", none = "pointer", TF_Status = "pointer", TF_Buffer = "pointer";
const TF_Tensor = "pointer", TF_TString = "pointer", TF_DeviceList = "pointer", TF_Graph = "pointer";
const TF_OperationDescription = "pointer", TF_Operation = "pointer", TF_Function = "pointer";
const TFE_ContextOptions = "pointer", TFE_Context = "pointer", TFE_TensorHandle = "pointer", TFE_Op = "pointer";

/** Each function of the C API that is used. */
export const SYMBOLS = {
  TF_Version: c(text),

  TF_NewStatus: c(TF_Status),
  TF_DeleteStatus: c("void", TF_Status),
  TF_GetCode: c(TF_Code, TF_Status),
  TF_Message: c(text, TF_Status),

  TF_NewBuffer: c(TF_Buffer),
  TF_DeleteBuffer: c("void", TF_Buffer),

  TF_AllocateTensor: c(TF_Tensor, TF_DataType, int64s, int, size),
  TF_DeleteTensor: c("void", TF_Tensor),
  TF_TensorData: c(data, TF_Tensor),
  TF_TensorByteSize: c(size, TF_Tensor),
  TF_TensorElementCount: c(int64, TF_Tensor),

  TF_StringInit: c("void", TF_TString),
  TF_StringCopy: c("void", TF_TString, bytes, size),
  TF_StringGetDataPointer: c(data, TF_TString),
  TF_StringGetSize: c(size, TF_TString),
  TF_StringDealloc: c("void", TF_TString),

  TFE_NewContextOptions: c(TFE_ContextOptions),
  TFE_ContextOptionsSetConfig: c("void", TFE_ContextOptions, bytes, size, TF_Status),
  TFE_DeleteContextOptions: c("void", TFE_ContextOptions),
  TFE_NewContext: c(TFE_Context, TFE_ContextOptions, TF_Status),
  TFE_ContextListDevices: c(TF_DeviceList, TFE_Context, TF_Status),
  TFE_ContextAddFunction: c("void", TFE_Context, TF_Function, TF_Status),
  TFE_ContextRemoveFunction: c("void", TFE_Context, chars, TF_Status),
  TF_DeviceListCount: c(int, TF_DeviceList),
  TF_DeviceListType: c(text, TF_DeviceList, int, TF_Status),
  TF_DeleteDeviceList: c("void", TF_DeviceList),

  TFE_NewTensorHandle: c(TFE_TensorHandle, TF_Tensor, TF_Status),
  TFE_DeleteTensorHandle: c("void", TFE_TensorHandle),
  TFE_TensorHandleDataType: c(TF_DataType, TFE_TensorHandle),
  TFE_TensorHandleNumDims: c(int, TFE_TensorHandle, TF_Status),
  TFE_TensorHandleDim: c(int64, TFE_TensorHandle, int, TF_Status),
  TFE_TensorHandleResolve: c(TF_Tensor, TFE_TensorHandle, TF_Status),

  // Ops that run at once
  TFE_NewOp: c(TFE_Op, TFE_Context, chars, TF_Status),
  TFE_DeleteOp: c("void", TFE_Op),
  TFE_OpAddInput: c("void", TFE_Op, TFE_TensorHandle, TF_Status),
  TFE_OpSetAttrString: c("void", TFE_Op, chars, bytes, size),
  TFE_OpSetAttrInt: c("void", TFE_Op, chars, int64),
  TFE_OpSetAttrFloat: c("void", TFE_Op, chars, float),
  TFE_OpSetAttrBool: c("void", TFE_Op, chars, uchar),
  TFE_OpSetAttrType: c("void", TFE_Op, chars, TF_DataType),
  TFE_OpSetAttrShape: c("void", TFE_Op, chars, int64s, int, TF_Status),
  TFE_OpSetAttrFunctionName: c("void", TFE_Op, chars, bytes, size),
  TFE_OpSetAttrStringList: c("void", TFE_Op, chars, pointers, sizes, int),
  TFE_OpSetAttrIntList: c("void", TFE_Op, chars, int64s, int),
  TFE_OpSetAttrFloatList: c("void", TFE_Op, chars, floats, int),
  TFE_OpSetAttrBoolList: c("void", TFE_Op, chars, uchars, int),
  TFE_OpSetAttrTypeList: c("void", TFE_Op, chars, types, int),
  TFE_OpSetAttrShapeList: c("void", TFE_Op, chars, pointers, ints, int, TF_Status),
  TFE_Execute: c("void", TFE_Op, pointers, ints, TF_Status),

  // Ops that are added to a graph
  TF_NewGraph: c(TF_Graph),
  TF_DeleteGraph: c("void", TF_Graph),
  TF_GraphGetOpDef: c("void", TF_Graph, chars, TF_Buffer, TF_Status),
  TF_GraphSetTensorShape: c("void", TF_Graph, TF_Output, int64s, int, TF_Status),
  TF_GraphGetTensorNumDims: c(int, TF_Graph, TF_Output, TF_Status),
  TF_GraphGetTensorShape: c("void", TF_Graph, TF_Output, int64s, int, TF_Status),
  TF_NewOperation: c(TF_OperationDescription, TF_Graph, chars, chars),
  TF_AddInput: c("void", TF_OperationDescription, TF_Output),
  TF_AddInputList: c("void", TF_OperationDescription, outputs, int),
  TF_AddControlInput: c("void", TF_OperationDescription, TF_Operation),
  TF_SetAttrString: c("void", TF_OperationDescription, chars, bytes, size),
  TF_SetAttrInt: c("void", TF_OperationDescription, chars, int64),
  TF_SetAttrFloat: c("void", TF_OperationDescription, chars, float),
  TF_SetAttrBool: c("void", TF_OperationDescription, chars, uchar),
  TF_SetAttrType: c("void", TF_OperationDescription, chars, TF_DataType),
  TF_SetAttrShape: c("void", TF_OperationDescription, chars, int64s, int),
  TF_SetAttrFuncName: c("void", TF_OperationDescription, chars, bytes, size),
  TF_SetAttrStringList: c("void", TF_OperationDescription, chars, pointers, sizes, int),
  TF_SetAttrIntList: c("void", TF_OperationDescription, chars, int64s, int),
  TF_SetAttrFloatList: c("void", TF_OperationDescription, chars, floats, int),
  TF_SetAttrBoolList: c("void", TF_OperationDescription, chars, uchars, int),
  TF_SetAttrTypeList: c("void", TF_OperationDescription, chars, types, int),
  TF_SetAttrShapeList: c("void", TF_OperationDescription, chars, pointers, ints, int),
  TF_SetAttrTensor: c("void", TF_OperationDescription, chars, TF_Tensor, TF_Status),
  TF_FinishOperation: c(TF_Operation, TF_OperationDescription, TF_Status),
  TF_OperationNumOutputs: c(int, TF_Operation),
  TF_OperationOutputType: c(TF_DataType, TF_Output),

  // deno-fmt-ignore -- graph, name, hash in the name; operations, inputs, outputs, control outputs; options
  TF_GraphToFunctionWithControlOutputs: c(
    TF_Function, TF_Graph, chars, uchar,
    int, none, int, outputs, int, outputs, none, int, pointers, none,
    none, none, TF_Status,
  ),
  TF_DeleteFunction: c("void", TF_Function),
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * C++ functions of the Linux and macOS releases: whether matrix products on cards from Ampere on round their inputs to
 * TF32, ten bits of mantissa, which is TensorFlow's default.
 */
export const TENSOR_FLOAT_32 = {
  // tsl::enable_tensor_float_32_execution(bool enabled)
  enable: { name: "_ZN3tsl32enable_tensor_float_32_executionEb", parameters: ["bool"], result: "void" },
  // bool tsl::tensor_float_32_execution_enabled()
  enabled: { name: "_ZN3tsl33tensor_float_32_execution_enabledEv", parameters: [], result: "bool" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of {@linkcode TENSOR_FLOAT_32}, ready to call. */
export type TensorFloat32 = Deno.StaticForeignLibraryInterface<typeof TENSOR_FLOAT_32>;

/** `TFE_Execute` on a thread of its own, so that JavaScript goes on meanwhile. */
export const BACKGROUND_SYMBOLS = {
  TFE_Execute: { ...SYMBOLS.TFE_Execute, nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of {@linkcode SYMBOLS}, ready to call. */
export type Symbols = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** The functions of {@linkcode BACKGROUND_SYMBOLS}, ready to call. */
export type BackgroundSymbols = Deno.StaticForeignLibraryInterface<typeof BACKGROUND_SYMBOLS>;
