/** An SDK in a few lines, written against the API package: it keeps the spans that ended. */
import { randomBytes } from 'node:crypto'
import {
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'

export type RecordedSpan = {
  name: string
  kind: SpanKind | undefined
  id: string
  parentId: string | undefined
  attributes: Attributes
  status: SpanStatus
}

/** Everything a span can be told, so that a test can look for what it must not be told. */
export function createRecorder() {
  const ended: RecordedSpan[] = []
  /** Whatever was told beside attributes and status: events, links, exceptions. */
  const otherCalls: unknown[] = []

  const tracer: Pick<Tracer, 'startSpan'> = {
    startSpan(name, options = {}, context) {
      const id = randomBytes(8).toString('hex')
      const recorded: RecordedSpan = {
        name,
        kind: options.kind,
        id,
        parentId: context && trace.getSpanContext(context)?.spanId,
        attributes: { ...options.attributes },
        status: { code: SpanStatusCode.UNSET },
      }
      function recordOther(extra: unknown): Span {
        otherCalls.push(extra)
        return span
      }
      const span: Span = {
        spanContext: () => ({ traceId: '1'.repeat(32), spanId: id, traceFlags: 1 }),
        setAttribute(key: string, value: AttributeValue) {
          recorded.attributes[key] = value
          return span
        },
        setAttributes(attributes) {
          Object.assign(recorded.attributes, attributes)
          return span
        },
        setStatus(status) {
          recorded.status = status
          return span
        },
        addEvent: (...event) => recordOther(event),
        addLink: (link) => recordOther(link),
        addLinks: (links) => recordOther(links),
        recordException: (exception) => void recordOther(exception),
        updateName(next) {
          recorded.name = next
          return span
        },
        end: () => void ended.push(recorded),
        isRecording: () => true,
      }
      return span
    },
  }

  return {
    ended,
    otherCalls: otherCalls,
    /** Makes this the SDK of the process. */
    register() {
      const notUsed = () => {
        throw new TypeError('The gateway starts spans by hand')
      }
      trace.setGlobalTracerProvider({
        getTracer: () => ({ startSpan: tracer.startSpan, startActiveSpan: notUsed }),
      })
    },
    unregister: () => trace.disable(),
  }
}
