/** What we read of Salesforce's answers, and no more; further properties are to be expected. */
import * as z from 'zod'

const optionalText = z.string().nullish()

/** Epoch milliseconds that a calendar with four-digit years can tell. */
const instant = z.int().min(0).max(253_402_300_799_999)

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
    .array(
      z
        .object({ displayContext: optionalText, formFields: z.array(formField).nullish() })
        .nullable(),
    )
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
    configuration: z.object({ embeddedServiceConfig: deploymentConfig.nullish() }).nullish(),
  }),
})

const participant = z.object({ role: optionalText, subject: optionalText })

/** `§3.1`; the payload comes as an object or as a JSON string. */
export const listedEntry = z.object({
  entryType: z.string(),
  identifier: z.string().min(1),
  senderDisplayName: optionalText,
  sender: participant.nullish(),
  transcriptedTimestamp: instant,
  entryPayload: z.unknown(),
})
export type ListedEntry = z.infer<typeof listedEntry>

export const listAnswer = z.object({ conversationEntries: z.array(z.unknown()) })

/** `§2.10`. */
export const sentAnswer = z.object({
  conversationEntries: z.array(
    z.object({ id: z.string(), clientTimestamp: instant.nullable().catch(null) }),
  ),
})

/** `§2.8`. */
export const routingAnswer = z.object({ routingStatus: z.string() })

/** `§3.4`, `§3.5`. */
export const messagePayload = z.object({
  abstractMessage: z.object({
    messageType: z.string(),
    inReplyToMessageId: optionalText,
    staticContent: z.object({ formatType: z.string(), text: optionalText }).nullish(),
    choices: z.object({ formatType: z.string() }).nullish(),
    form: z.object({ formatType: z.string() }).nullish(),
  }),
})
export type AbstractMessage = z.infer<typeof messagePayload>['abstractMessage']

export const participantPayload = z.object({
  entries: z.array(
    z.object({
      operation: z.enum(['add', 'remove', 'update']),
      participant,
      displayName: optionalText,
    }),
  ),
})

export const routingPayload = z.object({
  routingType: z.string(),
  failureType: z.string(),
  failureReason: optionalText,
  estimatedWaitTime: z.object({ estimatedWaitTimeInSeconds: z.number().nullish() }).nullish(),
})

export const workPayload = z.object({ workType: z.string() })

export const sessionPayload = z.object({
  sessionStatus: z.string(),
  sessionStatusPrev: optionalText,
  sessionEndedByRole: optionalText,
})
