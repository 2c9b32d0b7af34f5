/**
 * The part of TensorFlow's C API that Latentboard calls, one entry a function.
 *
 * Three conventions hold throughout: a `buffer` is memory that JavaScript lends for the call,
 * a `pointer` is memory that TensorFlow owns, and a `TF_Output` (an operation and the index of
 * one of its outputs) goes by value, as C has it.
 */

/** `TF_Output { TF_Operation* oper; int index; }`, by value. */
const TF_OUTPUT = { struct: ["pointer", "i32"] } as const;

/** Each function of the C API that is used, with its parameters' C types. */
export const SYMBOLS = {
  TF_Version: { parameters: [], result: "pointer" }, // const char*

  // Status
  TF_NewStatus: { parameters: [], result: "pointer" }, // TF_Status*
  TF_DeleteStatus: {
    parameters: ["pointer"], // TF_Status*
    result: "void",
  },
  TF_GetCode: {
    parameters: ["pointer"], // const TF_Status*
    result: "i32", // TF_Code
  },
  TF_Message: {
    parameters: ["pointer"], // const TF_Status*
    result: "pointer", // const char*
  },

  // Buffers
  TF_NewBuffer: { parameters: [], result: "pointer" }, // TF_Buffer*
  TF_DeleteBuffer: {
    parameters: ["pointer"], // TF_Buffer*
    result: "void",
  },

  // Tensors
  TF_AllocateTensor: {
    parameters: [
      "i32", // TF_DataType
      "buffer", // const int64_t* dims
      "i32", // int num_dims
      "usize", // size_t len
    ],
    result: "pointer", // TF_Tensor*
  },
  TF_DeleteTensor: {
    parameters: ["pointer"], // TF_Tensor*
    result: "void",
  },
  TF_TensorData: {
    parameters: ["pointer"], // const TF_Tensor*
    result: "pointer", // void*
  },
  TF_TensorByteSize: {
    parameters: ["pointer"], // const TF_Tensor*
    result: "usize", // size_t
  },
  TF_TensorElementCount: {
    parameters: ["pointer"], // const TF_Tensor*
    result: "i64", // int64_t
  },

  // Strings inside tensors
  TF_StringInit: {
    parameters: ["pointer"], // TF_TString*
    result: "void",
  },
  TF_StringCopy: {
    parameters: [
      "pointer", // TF_TString* dst
      "buffer", // const char* src
      "usize", // size_t size
    ],
    result: "void",
  },
  TF_StringGetDataPointer: {
    parameters: ["pointer"], // const TF_TString*
    result: "pointer", // const char*
  },
  TF_StringGetSize: {
    parameters: ["pointer"], // const TF_TString*
    result: "usize", // size_t
  },
  TF_StringDealloc: {
    parameters: ["pointer"], // TF_TString*
    result: "void",
  },

  // Context and devices
  TFE_NewContextOptions: { parameters: [], result: "pointer" }, // TFE_ContextOptions*
  TFE_ContextOptionsSetConfig: {
    parameters: [
      "pointer", // TFE_ContextOptions*
      "buffer", // const void* proto
      "usize", // size_t proto_len
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TFE_DeleteContextOptions: {
    parameters: ["pointer"], // TFE_ContextOptions*
    result: "void",
  },
  TFE_NewContext: {
    parameters: [
      "pointer", // const TFE_ContextOptions*
      "pointer", // TF_Status*
    ],
    result: "pointer", // TFE_Context*
  },
  TFE_ContextListDevices: {
    parameters: [
      "pointer", // TFE_Context*
      "pointer", // TF_Status*
    ],
    result: "pointer", // TF_DeviceList*
  },
  TF_DeleteDeviceList: {
    parameters: ["pointer"], // TF_DeviceList*
    result: "void",
  },
  TF_DeviceListCount: {
    parameters: ["pointer"], // const TF_DeviceList*
    result: "i32", // int
  },
  TF_DeviceListName: {
    parameters: [
      "pointer", // const TF_DeviceList*
      "i32", // int index
      "pointer", // TF_Status*
    ],
    result: "pointer", // const char*
  },
  TF_DeviceListType: {
    parameters: [
      "pointer", // const TF_DeviceList*
      "i32", // int index
      "pointer", // TF_Status*
    ],
    result: "pointer", // const char*
  },
  TFE_ContextAddFunction: {
    parameters: [
      "pointer", // TFE_Context*
      "pointer", // TF_Function*
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TFE_ContextRemoveFunction: {
    parameters: [
      "pointer", // TFE_Context*
      "buffer", // const char* name
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TFE_ContextHasFunction: {
    parameters: [
      "pointer", // TFE_Context*
      "buffer", // const char* name
    ],
    result: "u8", // unsigned char
  },

  // Tensor handles
  TFE_NewTensorHandle: {
    parameters: [
      "pointer", // const TF_Tensor*
      "pointer", // TF_Status*
    ],
    result: "pointer", // TFE_TensorHandle*
  },
  TFE_DeleteTensorHandle: {
    parameters: ["pointer"], // TFE_TensorHandle*
    result: "void",
  },
  TFE_TensorHandleDataType: {
    parameters: ["pointer"], // TFE_TensorHandle*
    result: "i32", // TF_DataType
  },
  TFE_TensorHandleNumDims: {
    parameters: [
      "pointer", // TFE_TensorHandle*
      "pointer", // TF_Status*
    ],
    result: "i32", // int
  },
  TFE_TensorHandleDim: {
    parameters: [
      "pointer", // TFE_TensorHandle*
      "i32", // int dim_index
      "pointer", // TF_Status*
    ],
    result: "i64", // int64_t
  },
  TFE_TensorHandleResolve: {
    parameters: [
      "pointer", // TFE_TensorHandle*
      "pointer", // TF_Status*
    ],
    result: "pointer", // TF_Tensor*
  },

  // Operations that run at once
  TFE_NewOp: {
    parameters: [
      "pointer", // TFE_Context*
      "buffer", // const char* op_or_function_name
      "pointer", // TF_Status*
    ],
    result: "pointer", // TFE_Op*
  },
  TFE_DeleteOp: {
    parameters: ["pointer"], // TFE_Op*
    result: "void",
  },
  TFE_OpAddInput: {
    parameters: [
      "pointer", // TFE_Op*
      "pointer", // TFE_TensorHandle* input
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TFE_OpSetAttrString: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "buffer", // const void* value
      "usize", // size_t length
    ],
    result: "void",
  },
  TFE_OpSetAttrInt: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "i64", // int64_t value
    ],
    result: "void",
  },
  TFE_OpSetAttrFloat: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "f32", // float value
    ],
    result: "void",
  },
  TFE_OpSetAttrBool: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "u8", // unsigned char value
    ],
    result: "void",
  },
  TFE_OpSetAttrType: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "i32", // TF_DataType value
    ],
    result: "void",
  },
  TFE_OpSetAttrShape: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "buffer", // const int64_t* dims
      "i32", // const int num_dims
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TFE_OpSetAttrFunctionName: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "buffer", // const char* data
      "usize", // size_t length
    ],
    result: "void",
  },
  TFE_OpSetAttrStringList: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "buffer", // const void* const* values
      "buffer", // const size_t* lengths
      "i32", // int num_values
    ],
    result: "void",
  },
  TFE_OpSetAttrIntList: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "buffer", // const int64_t* values
      "i32", // int num_values
    ],
    result: "void",
  },
  TFE_OpSetAttrFloatList: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "buffer", // const float* values
      "i32", // int num_values
    ],
    result: "void",
  },
  TFE_OpSetAttrBoolList: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "buffer", // const unsigned char* values
      "i32", // int num_values
    ],
    result: "void",
  },
  TFE_OpSetAttrTypeList: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "buffer", // const TF_DataType* values
      "i32", // int num_values
    ],
    result: "void",
  },
  TFE_OpSetAttrShapeList: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // const char* attr_name
      "buffer", // const int64_t** dims
      "buffer", // const int* num_dims
      "i32", // int num_values
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TFE_Execute: {
    parameters: [
      "pointer", // TFE_Op*
      "buffer", // TFE_TensorHandle** retvals
      "buffer", // int* num_retvals
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  // Operations that are recorded into a graph
  TF_NewGraph: { parameters: [], result: "pointer" }, // TF_Graph*
  TF_DeleteGraph: {
    parameters: ["pointer"], // TF_Graph*
    result: "void",
  },
  TF_GraphGetOpDef: {
    parameters: [
      "pointer", // TF_Graph*
      "buffer", // const char* op_name
      "pointer", // TF_Buffer* output_op_def
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TF_GraphSetTensorShape: {
    parameters: [
      "pointer", // TF_Graph*
      TF_OUTPUT, // TF_Output
      "buffer", // const int64_t* dims
      "i32", // const int num_dims
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TF_GraphGetTensorNumDims: {
    parameters: [
      "pointer", // TF_Graph*
      TF_OUTPUT, // TF_Output
      "pointer", // TF_Status*
    ],
    result: "i32", // int
  },
  TF_GraphGetTensorShape: {
    parameters: [
      "pointer", // TF_Graph*
      TF_OUTPUT, // TF_Output
      "buffer", // int64_t* dims
      "i32", // int num_dims
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TF_NewOperation: {
    parameters: [
      "pointer", // TF_Graph*
      "buffer", // const char* op_type
      "buffer", // const char* oper_name
    ],
    result: "pointer", // TF_OperationDescription*
  },
  TF_AddInput: {
    parameters: [
      "pointer", // TF_OperationDescription*
      TF_OUTPUT, // TF_Output input
    ],
    result: "void",
  },
  TF_AddInputList: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const TF_Output* inputs
      "i32", // int num_inputs
    ],
    result: "void",
  },
  TF_AddControlInput: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "pointer", // TF_Operation* input
    ],
    result: "void",
  },
  TF_SetAttrString: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "buffer", // const void* value
      "usize", // size_t length
    ],
    result: "void",
  },
  TF_SetAttrInt: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "i64", // int64_t value
    ],
    result: "void",
  },
  TF_SetAttrFloat: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "f32", // float value
    ],
    result: "void",
  },
  TF_SetAttrBool: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "u8", // unsigned char value
    ],
    result: "void",
  },
  TF_SetAttrType: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "i32", // TF_DataType value
    ],
    result: "void",
  },
  TF_SetAttrShape: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "buffer", // const int64_t* dims
      "i32", // int num_dims
    ],
    result: "void",
  },
  TF_SetAttrFuncName: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "buffer", // const char* value
      "usize", // size_t length
    ],
    result: "void",
  },
  TF_SetAttrStringList: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "buffer", // const void* const* values
      "buffer", // const size_t* lengths
      "i32", // int num_values
    ],
    result: "void",
  },
  TF_SetAttrIntList: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "buffer", // const int64_t* values
      "i32", // int num_values
    ],
    result: "void",
  },
  TF_SetAttrFloatList: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "buffer", // const float* values
      "i32", // int num_values
    ],
    result: "void",
  },
  TF_SetAttrBoolList: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "buffer", // const unsigned char* values
      "i32", // int num_values
    ],
    result: "void",
  },
  TF_SetAttrTypeList: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "buffer", // const TF_DataType* values
      "i32", // int num_values
    ],
    result: "void",
  },
  TF_SetAttrShapeList: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "buffer", // const int64_t* const* dims
      "buffer", // const int* num_dims
      "i32", // int num_shapes
    ],
    result: "void",
  },
  TF_SetAttrTensor: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "buffer", // const char* attr_name
      "pointer", // TF_Tensor* value
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TF_FinishOperation: {
    parameters: [
      "pointer", // TF_OperationDescription*
      "pointer", // TF_Status*
    ],
    result: "pointer", // TF_Operation*
  },
  TF_OperationNumOutputs: {
    parameters: ["pointer"], // TF_Operation*
    result: "i32", // int
  },
  TF_OperationOutputType: {
    parameters: [TF_OUTPUT], // TF_Output
    result: "i32", // TF_DataType
  },

  // Saved models
  TF_NewSessionOptions: { parameters: [], result: "pointer" }, // TF_SessionOptions*
  TF_DeleteSessionOptions: {
    parameters: ["pointer"], // TF_SessionOptions*
    result: "void",
  },
  TF_LoadSessionFromSavedModel: {
    parameters: [
      "pointer", // const TF_SessionOptions*
      "pointer", // const TF_Buffer* run_options
      "buffer", // const char* export_dir
      "buffer", // const char* const* tags
      "i32", // int tags_len
      "pointer", // TF_Graph*
      "pointer", // TF_Buffer* meta_graph_def
      "pointer", // TF_Status*
    ],
    result: "pointer", // TF_Session*
  },
  TF_SessionRun: {
    parameters: [
      "pointer", // TF_Session*
      "pointer", // const TF_Buffer* run_options
      "buffer", // const TF_Output* inputs
      "buffer", // TF_Tensor* const* input_values
      "i32", // int ninputs
      "buffer", // const TF_Output* outputs
      "buffer", // TF_Tensor** output_values
      "i32", // int noutputs
      "pointer", // const TF_Operation* const* target_opers
      "i32", // int ntargets
      "pointer", // TF_Buffer* run_metadata
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TF_CloseSession: {
    parameters: [
      "pointer", // TF_Session*
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TF_DeleteSession: {
    parameters: [
      "pointer", // TF_Session*
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TF_GraphOperationByName: {
    parameters: [
      "pointer", // TF_Graph*
      "buffer", // const char* oper_name
    ],
    result: "pointer", // TF_Operation*
  },

  // Functions
  TF_GraphToFunctionWithControlOutputs: {
    parameters: [
      "pointer", // const TF_Graph* fn_body
      "buffer", // const char* fn_name
      "u8", // unsigned char append_hash_to_fn_name
      "i32", // int num_opers, -1 for all
      "pointer", // const TF_Operation* const* opers
      "i32", // int ninputs
      "buffer", // const TF_Output* inputs
      "i32", // int noutputs
      "buffer", // const TF_Output* outputs
      "pointer", // const char* const* output_names
      "i32", // int ncontrol_outputs
      "buffer", // const TF_Operation* const* control_outputs
      "pointer", // const char* const* control_output_names
      "pointer", // const TF_FunctionOptions*
      "pointer", // const char* description
      "pointer", // TF_Status*
    ],
    result: "pointer", // TF_Function*
  },
  TF_FunctionSetAttrValueProto: {
    parameters: [
      "pointer", // TF_Function*
      "buffer", // const char* attr_name
      "buffer", // const void* proto
      "usize", // size_t proto_len
      "pointer", // TF_Status*
    ],
    result: "void",
  },
  TF_DeleteFunction: {
    parameters: ["pointer"], // TF_Function*
    result: "void",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** `TFE_Execute` on a thread of its own, so that JavaScript goes on meanwhile. */
export const BACKGROUND_SYMBOLS = {
  TFE_Execute: { ...SYMBOLS.TFE_Execute, nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of {@linkcode SYMBOLS}, ready to call. */
export type Symbols = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** The functions of {@linkcode BACKGROUND_SYMBOLS}, ready to call. */
export type BackgroundSymbols = Deno.StaticForeignLibraryInterface<typeof BACKGROUND_SYMBOLS>;
