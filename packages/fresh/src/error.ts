type ClientError = 400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415;
type RareClientError = 416 | 417 | 418 | 421 | 422 | 423 | 424 | 425 | 426 | 428 | 429 | 431 | 451;
type ServerError = 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511;

/** An error that answers the request with its status. Its message is shown to the visitor: nothing private. */
export class HttpError extends Error {
  /** The HTTP status that answers the request. */
  status: ClientError | RareClientError | ServerError;

  /** @param message What the visitor reads; the status text where it is empty. */
  constructor(status: HttpError["status"], message?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = this.constructor.name;
    this.status = status;
  }
}
