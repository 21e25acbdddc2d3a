import { expectTypeOf } from "vitest";
import type { EventBusService } from "./event-bus";
import type { SubscriberArgs } from "./load-subscribers";

// What docs/events.md has subscribers depend on.
expectTypeOf<SubscriberArgs["event"]["id"]>().toEqualTypeOf<string>();
expectTypeOf<SubscriberArgs<{ id: string }>["event"]["data"]>().toEqualTypeOf<{ id: string }>();
expectTypeOf<SubscriberArgs["event"]["metadata"]>().toExtend<Record<string, unknown> | undefined>();

type Listener = Parameters<EventBusService["subscribe"]>[1];
expectTypeOf<Parameters<Listener>[0]["id"]>().toEqualTypeOf<string>();

// Who emits has no id to give.
declare const bus: EventBusService;
void bus.emit({ name: "post.viewed", data: { id: "post_1" } });
bus.subscribe("post.viewed", async ({ name, data }: { name: string; data: unknown }) => void [name, data]);
