/** Where a server listens. */

/** The address that `listen` resolved to. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:8787` */
  readonly url: string;
}
