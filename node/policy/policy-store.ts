import { utf8Decode, utf8Encode } from "../../protocol/bytes.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { NO_POLICY, type Policy, type PolicyFile, policyOf, readPolicyFile } from "../../protocol/policy/policy.ts";
import { type Disk, DiskError } from "../disk.ts";
import { textKey } from "../keyspace.ts";

export type StoredPolicy = {
  readonly file: PolicyFile;
  readonly by: string;
  /** Seconds since 1970. */
  readonly at: number;
};

const KEY = textKey("meta", "policy");

/** The policy of this authority, durable before it is in force. */
export class PolicyStore {
  readonly #disk: Disk;
  #stored: StoredPolicy | undefined;
  #policy: Policy;

  private constructor(disk: Disk, stored: StoredPolicy | undefined) {
    this.#disk = disk;
    this.#stored = stored;
    this.#policy = stored === undefined ? NO_POLICY : policyOf(stored.file);
  }

  static async open(disk: Disk): Promise<PolicyStore> {
    const value = await disk.get(KEY);
    return new PolicyStore(disk, value === undefined ? undefined : parseStored(value));
  }

  /** The one in force. */
  get policy(): Policy {
    return this.#policy;
  }

  get stored(): StoredPolicy | undefined {
    return this.#stored;
  }

  async set(stored: StoredPolicy): Promise<void> {
    await this.#disk.write([{ key: KEY, value: utf8Encode(JSON.stringify(stored)) }], true);
    this.#stored = stored;
    this.#policy = policyOf(stored.file);
  }
}

/** What cannot be read must not be taken for no policy, or for another. */
function parseStored(value: Uint8Array): StoredPolicy {
  const { file, by, at }: { file: unknown; by: string; at: number } = JSON.parse(utf8Decode(value));
  try {
    return { file: readPolicyFile(file), by, at };
  } catch (error) {
    if (error instanceof FormatError)
      throw new DiskError("CORRUPT", `the stored policy is not readable: ${error.message}`);
    throw error;
  }
}
