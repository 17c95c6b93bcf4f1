/**
 * A run that a tenant has ordered, with a signed request for each of its calls. It is billed only if every receipt was
 * ordered, and each line has the id of the request that ordered it.
 *
 * Signature, key, time, price table, modules and fuel limit are checked before a run; export and input after it,
 * because only the receipt shows them.
 */
import { sameBytes } from '../base/same-bytes.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import type { BilledJob, CallBilling } from '../pool/call-billing.js';
import type { PooledReceipt } from '../pool/pooled-receipt.js';
import {
  isOrderedBy,
  type RequestChecks,
  type RequestFault,
  readRequest,
  requestFault,
  requestIdOf,
  type SignedAnswer,
  type SignedRequest,
  signAnswer,
} from './request.js';

/** A run, or one of its calls, was not ordered. Nothing is billed. */
export class NotOrdered extends Error {
  constructor(
    readonly fault: RequestFault,
    /** Fuel of what ran before this was found; 0: nothing. */
    readonly fuelUsed = 0,
  ) {
    super(FAULT_TEXTS[fault]);
    this.name = 'NotOrdered';
  }
}

const FAULT_TEXTS: Readonly<Record<RequestFault, string>> = {
  signature: 'a request is not signed by the key that it names',
  key: 'a request is signed by another key than the tenant has here',
  time: 'a request is too old, or from the future',
  'price-table': 'a request agrees to another price table',
  'other-run': 'no request orders this module, export, input and fuel limit',
  'other-answer': 'an answer is of another request or receipt',
};

export class OrderedRun {
  readonly #requests: readonly SignedRequest[];

  private constructor(requests: readonly SignedRequest[]) {
    this.#requests = requests;
  }

  /**
   * @param documents as `requestJson` makes them
   * @throws NotOrdered, BillingError `document`
   */
  static read(documents: readonly unknown[], checks: RequestChecks): OrderedRun {
    const requests = documents.map(readRequest);
    for (const request of requests) {
      const fault = requestFault(request, checks);
      if (fault !== undefined) throw new NotOrdered(fault);
    }
    return new OrderedRun(requests);
  }

  /**
   * Checks what is known before the run.
   * @param modules the modules that will run
   * @param fuel limit of each call
   * @throws NotOrdered
   */
  check(modules: readonly Uint8Array[], fuel: number): void {
    const isOfRun = ({ module, fuelLimit }: SignedRequest) =>
      fuelLimit >= fuel && modules.some((one) => sameBytes(one, module));
    if (!this.#requests.every(isOfRun)) throw new NotOrdered('other-run');
  }

  /** Billing that accepts a run only if all its calls were ordered. */
  billing(inner: CallBilling): CallBilling {
    return {
      begin: async (calls, fuel) => {
        const [first] = this.#requests;
        const job = await inner.begin(calls, fuel, first && requestIdOf(first));
        return { finish: (receipts, isHit) => this.#finish(job, receipts, isHit), cancel: () => job.cancel() };
      },
    };
  }

  /** The node's answer to the request of each receipt, in the order of the receipts. */
  answers(receipts: readonly Receipt[], secret: Uint8Array): readonly SignedAnswer[] {
    return this.#ordered(receipts).map((request, i) => signAnswer(request, receipts[i], secret));
  }

  #finish(job: BilledJob, receipts: readonly PooledReceipt[], isHit: boolean): void {
    const values = receipts.map(({ value }) => value);
    try {
      const names = this.#ordered(values).map(requestIdOf);
      job.finish(receipts, isHit, names);
    } catch (error) {
      if (error instanceof NotOrdered) job.cancel();
      throw error;
    }
  }

  /** The request of each receipt; each is used once. @throws NotOrdered */
  #ordered(receipts: readonly Receipt[]): readonly SignedRequest[] {
    const left = [...this.#requests];
    return receipts.map((receipt) => {
      const at = left.findIndex((request) => isOrderedBy(request, receipt));
      const [request] = at < 0 ? [] : left.splice(at, 1);
      if (request !== undefined) return request;
      throw new NotOrdered(
        'other-run',
        receipts.reduce((sum, { fuel }) => sum + fuel.used, 0),
      );
    });
  }
}
