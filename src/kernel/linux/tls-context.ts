import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { ERRNO } from "../../wire/errno.ts";
import { KernelError, type TlsCredentials } from "../ports.ts";

/** What Debian's OpenSSL offers a client that asks for nothing: every suite of security level 2. */
const SUITES: SecureContextOptions = {
  ciphers: [
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
    "DEFAULT@SECLEVEL=2",
  ].join(":"),
};

/** Makes the context of a client; what is wrong is told by the file that it is in. Throws KernelError. */
export function loadContext({ certificate, key, ca, password }: TlsCredentials): SecureContext {
  // Node's own authorities, which take long to load, stay out: nobody is verified.
  let options: SecureContextOptions = { ...SUITES, ca: [] };
  let context = createSecureContext(options);
  const add = (what: string, file: string | undefined, more: (pem: Buffer) => SecureContextOptions) => {
    if (file === undefined) return;
    const operation = `SSL ${what} ${file}`;
    const pem = read(file, operation);
    try {
      options = { ...options, ...more(pem) };
      context = createSecureContext(options);
    } catch (error) {
      throw new KernelError(operation, ERRNO.EINVAL, reasonOf(error));
    }
  };
  add("certificate", certificate, (cert) => ({ cert }));
  add("key", key, (pem) => ({ key: pem, ...(password !== undefined && { passphrase: password }) }));
  add("ca", ca, (pem) => {
    new X509Certificate(pem); // OpenSSL adds what certificates there are, and be it none
    return { ca: pem };
  });
  return context;
}

function read(file: string, operation: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { errno = ERRNO.EINVAL, code = "EINVAL" } = error as NodeJS.ErrnoException; // all that readFileSync throws
    throw new KernelError(operation, Math.abs(errno), code);
  }
}

/** OpenSSL's reason in words. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "reason" in error ? String(error.reason) : error.message;
}
