/** What we read of Salesforce's answers, and no more; further properties are to be expected. */
import * as z from 'zod'
import { each, maybe, maybeText, opaqueId } from './lenient.js'

const optionalText = z.string().nullish()

const formField = z.object({
  name: z.string(),
  order: z.number().nullish(),
  type: z.string(),
  required: z.boolean().nullish(),
  maxLength: z.number().nullish(),
  isHidden: z.boolean().nullish(),
  label: optionalText,
  choiceListId: optionalText,
})

const choiceList = z.object({
  choiceListId: z.string(),
  choiceListValues: z
    .array(
      z.object({
        order: z.number().nullish(),
        choiceListValueName: z.string(),
        label: optionalText,
        isDefaultValue: z.boolean().nullish(),
      }),
    )
    .nullish(),
})

export const deploymentConfig = z.object({
  forms: z
    .array(z.object({ displayContext: optionalText, formFields: z.array(formField).nullish() }))
    .nullish(),
  choiceListConfig: z.object({ choiceList: z.array(choiceList).nullish() }).nullish(),
  attachments: z
    .object({ endUserToAgent: z.boolean().nullish(), maxFileSize: z.number().nullish() })
    .nullish(),
})
export type DeploymentConfig = z.infer<typeof deploymentConfig>

/** `enhanced-chat-api.md §1.5`. */
export const tokenAnswer = z.object({
  accessToken: z.string().min(1),
  context: z.object({
    endUser: z.object({ subject: z.string() }),
    configuration: z.object({ embeddedServiceConfig: deploymentConfig }).nullish(),
  }),
})

const participant = z.object({ role: z.string(), subject: maybeText })

/** The last millisecond that the contract's timestamps can write. */
const lastMoment = Date.parse('9999-12-31T23:59:59.999Z')

/** `§3.1`; the payload comes as an object or as a JSON string. */
export const listedEntry = z.object({
  entryType: z.string(),
  identifier: opaqueId,
  senderDisplayName: maybeText,
  sender: participant,
  transcriptedTimestamp: z.int().min(0).max(lastMoment),
  entryPayload: z.unknown(),
})
export type ListedEntry = z.infer<typeof listedEntry>

export const listAnswer = z.object({ conversationEntries: z.array(z.unknown()) })

/** `§2.10`. */
export const sentAnswer = z.object({
  conversationEntries: z.array(z.object({ id: z.string(), clientTimestamp: z.number() })).nullish(),
})

/** `§2.8`. */
export const routingAnswer = z.object({ routingStatus: z.string() })

/** `§3.4`. */
export const participantPayload = z.object({
  entries: each(
    z.object({
      operation: z.enum(['add', 'remove', 'update']),
      participant,
      displayName: maybeText,
    }),
  ),
})

export const routingPayload = z.object({
  routingType: z.string(),
  failureType: z.string(),
  failureReason: maybeText,
  estimatedWaitTime: maybe(z.object({ estimatedWaitTimeInSeconds: maybe(z.number()) })),
})

export const workPayload = z.object({ workType: z.string() })

export const sessionPayload = z.object({
  sessionStatus: z.string(),
  sessionStatusPrev: maybeText,
  sessionEndedByRole: maybeText,
})
