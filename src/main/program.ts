import manifest from '../../package.json' with { type: 'json' };

/** As which program the API server's audit log shows us. */
export const USER_AGENT = `daypass/${manifest.version}`;

/** What the names of all metrics of ours begin with. */
export const METRICS_PREFIX = 'daypass_';
