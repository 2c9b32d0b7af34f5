/** SavedModels: graphs with their weights, as TensorFlow writes them into a folder. */
import { type Bytes, cAddresses, cPointers, cString, type Native, present } from "../ffi/native.ts";
import { concat, outputOf } from "../ffi/outputs.ts";

interface LoadedModel {
  readonly session: Deno.PointerObject;
  readonly graph: Deno.PointerObject;
}

/** The SavedModels that are loaded. */
export class SavedModels {
  readonly #native: Native;
  readonly #models = new Map<number, LoadedModel>();
  #nextId = 0;

  /**
   * Starts with none.
   *
   * @param native The opened library.
   */
  constructor(native: Native) {
    this.#native = native;
  }

  /** How many are loaded. */
  get size(): number {
    return this.#models.size;
  }

  /**
   * Loads one.
   *
   * @param folder The folder with its `saved_model.pb`.
   * @param tags The tags of the graph to take, with commas between, `"serve"` for instance.
   * @returns The number it is known by.
   * @throws {TensorFlowError} There is none in the folder, or none with these tags.
   */
  load(folder: string, tags: string): number {
    const { symbols: s, status } = this.#native;
    const graph = present(s.TF_NewGraph(), "graph");
    const options = s.TF_NewSessionOptions();
    const names = tags.split(",").map(cString);
    try {
      const session = s.TF_LoadSessionFromSavedModel(
        options,
        null,
        cString(folder),
        cAddresses(names),
        names.length,
        graph,
        null,
        status,
      );
      this.#native.check();
      const id = this.#nextId++;
      this.#models.set(id, { session: present(session, "session"), graph });
      return id;
    } catch (error) {
      s.TF_DeleteGraph(graph);
      throw error;
    } finally {
      s.TF_DeleteSessionOptions(options);
    }
  }

  /**
   * Frees one.
   *
   * @throws {RangeError} None has this number.
   */
  delete(id: number): void {
    const { symbols: s, status } = this.#native;
    const { session, graph } = this.#model(id);
    this.#models.delete(id);
    s.TF_CloseSession(session, status);
    s.TF_DeleteSession(session, status);
    s.TF_DeleteGraph(graph);
  }

  /**
   * Runs one.
   *
   * @param id Which.
   * @param inputs `TF_Tensor*`, which stay the caller's.
   * @param inputNames The tensors they are for, `"x:0"` for instance.
   * @param outputNames The tensors to compute.
   * @returns `TF_Tensor*`, which are the caller's to delete.
   * @throws {RangeError} There is no such model or tensor.
   * @throws {TensorFlowError} TensorFlow cannot run it.
   */
  run(
    id: number,
    inputs: readonly Deno.PointerObject[],
    inputNames: readonly string[],
    outputNames: readonly string[],
  ): Deno.PointerObject[] {
    const { symbols: s, status } = this.#native;
    const { session, graph } = this.#model(id);
    const results = new BigUint64Array(outputNames.length);
    s.TF_SessionRun(
      session,
      null,
      concat(inputNames.map((name) => this.#output(graph, name))),
      cPointers(inputs),
      inputs.length,
      concat(outputNames.map((name) => this.#output(graph, name))),
      results,
      outputNames.length,
      null,
      0,
      null,
      status,
    );
    this.#native.check();
    return Array.from(results, (pointer) => present(Deno.UnsafePointer.create(pointer), "tensor"));
  }

  #model(id: number): LoadedModel {
    const model = this.#models.get(id);
    if (!model) throw new RangeError(`Cannot use SavedModel ${id}: it was deleted or never loaded`);
    return model;
  }

  /** The output that a name such as `"dense/add:0"` means; the index can be left out. */
  #output(graph: Deno.PointerObject, name: string): Bytes {
    const [operationName = "", index = "0"] = name.split(":");
    const operation = this.#native.symbols.TF_GraphOperationByName(graph, cString(operationName));
    if (operation === null) throw new RangeError(`Cannot find ${name} in the SavedModel's graph`);
    return outputOf(operation, Number(index));
  }
}
