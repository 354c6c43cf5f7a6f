/** Limits of the connections, each with its reason. What travels inside them is bounded in `protocol/limits.ts`. */

// Flow control

/**
 * Largest receive window of one stream, in bytes: 16 MB/s at a round trip of 250 ms (Europe to China), where Yamux'
 * 256 KiB give 1 MB/s. A stream starts with 256 KiB and earns more only while its bytes are being taken.
 */
export const MAX_STREAM_WINDOW = 4 * 1024 * 1024;

/**
 * What libp2p may hold of one stream before it resets it, in bytes. A paused stream holds at most one window, so that
 * only bytes that come between the negotiation of a stream and its hand-over can ever add to that.
 */
export const MAX_STREAM_READ_BUFFER = 2 * MAX_STREAM_WINDOW;

/**
 * A sender waits while more than this is unsent on its connection, in bytes: one frame of 256 KiB, so that the socket
 * is never idle, and so that a node that reads slowly costs us two frames and not its window.
 */
export const MAX_UNSENT = 262_144;

/**
 * Unsent bytes at which a connection is given up: our own frames never come near it, only the answers which the muxer
 * itself owes to a node that sends and never reads (to pings, to resets, to windows).
 */
export const MAX_UNSENT_CONNECTION = 4 * 1024 * 1024;

// Streams

/** Streams of ours that the far end may have open: one is needed; more, so that a new one need not wait for the old. */
export const MAX_INBOUND_STREAMS = 4;

/** As many in the other direction, for the same reason. */
export const MAX_OUTBOUND_STREAMS = 4;

/** Streams of any protocol in one direction: what ours need, and a few on which another program asks what we speak. */
export const MAX_MUXED_STREAMS = 8;

/**
 * Pings and new streams that the far end may send at once, and then for each second: Yamux answers every one of them,
 * and keeps what belongs to a new stream for ten seconds, so that they cost us more than they cost their sender. Honest
 * nodes open a stream or two, and ping every 10 to 30 seconds.
 */
export const MUXER_REQUESTS_BURST = 200;
export const MUXER_REQUESTS_PER_SECOND = 10;

// Connections

/**
 * New connections that one IP address may open in a second, before anybody knows who it is. Behind one address may stand
 * a whole federation (a proxy, a container bridge); who is refused comes back after a while.
 */
export const MAX_INBOUND_PER_SECOND = 12;

/** A handshake takes four round trips; on a bad link to the other side of the world, a few seconds. */
export const HANDSHAKE_MS = 10_000;

/** Unfinished handshakes: more than one address can hold (12 a second for 10 seconds), so that nobody holds them all. */
export const MAX_PENDING_HANDSHAKES = 128;

/** Connections: 200 authorities, and as many strangers as three addresses can bring before they are shown the door. */
export const MAX_CONNECTIONS = 1024;

/** A socket on which nothing at all moves. Heartbeats come every 25 s; this is for what nobody looks after any more. */
export const SOCKET_INACTIVITY_MS = 600_000;

/** Muxer pings: they keep the state of NAT boxes alive, and measure the round trip by which windows grow. */
export const MUXER_PING_MS = 30_000;

/** One address of one dial. The caller's signal ends it sooner. */
export const DIAL_MS = 30_000;

// Ending

/** What a stream or a connection may still say before it is dropped. */
export const CLOSE_MS = 1_000;

/** libp2p's `stop` has been seen to hang; whoever stops a node waits no longer than this. */
export const STOP_MS = 5_000;
