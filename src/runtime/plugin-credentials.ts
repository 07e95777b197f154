import type { Clock } from './clock.ts';
import { type CredentialPlugin, type PluginCredential, runPlugin } from './credential-plugin.ts';

/** How long before its end a credential is refreshed, in milliseconds; less where it lives less than five times as long. */
const MARGIN = 60_000;
/** How long a run may take, in milliseconds: a plugin may ask a server, or hang. */
const LONGEST_RUN = 30_000;

/**
 * The credentials of a plugin. It is run when there are none, shortly before they expire, and after
 * the server refused them; once at a time. While it runs ahead of time, and however that goes, what
 * there is stays in use until it expires.
 */
export class PluginCredentials {
  readonly #plugin: CredentialPlugin;
  readonly #clock: Clock;
  #last: PluginCredential | undefined;
  #refreshAt = 0;
  #running: Promise<PluginCredential> | undefined;
  #end = new AbortController();

  constructor(plugin: CredentialPlugin, clock: Clock) {
    this.#plugin = plugin;
    this.#clock = clock;
  }

  /** @throws CredentialPluginError */
  async current(): Promise<PluginCredential> {
    const now = this.#clock.now().getTime();
    if (this.#last && now < this.#refreshAt) return this.#last;
    this.#running ??= this.#run();
    if (!this.#last || now >= this.#last.expires) return this.#running;
    this.#running.catch(() => undefined); // whoever asks next tries again
    return this.#last;
  }

  /** The server refused what there is. */
  forget(): void {
    this.#last = undefined;
  }

  /** Kills the plugin if it is running. */
  close(): void {
    this.#end.abort();
  }

  async #run(): Promise<PluginCredential> {
    this.#end = new AbortController();
    const timer = this.#clock.timer(LONGEST_RUN, () => this.#end.abort());
    try {
      const credential = await runPlugin(this.#plugin, this.#end.signal);
      const lifetime = credential.expires - this.#clock.now().getTime();
      this.#refreshAt = credential.expires - Math.min(MARGIN, lifetime / 5);
      this.#last = credential;
      return credential;
    } finally {
      timer.cancel();
      this.#running = undefined;
    }
  }
}
