import type { Deployment, DeploymentOptions, PreChatForm } from './deployment.js'
import type { SandboxState } from './sandbox-state.js'

const choiceListId = '0CL000000000001'

/** Lists every field type of `enhanced-chat-api.md` §1.5, a hidden field and a choice list. */
const formFields = [
  { name: '_firstName', type: 'Text', required: true, maxLength: 40, isHidden: false },
  { name: '_lastName', type: 'Text', required: false, maxLength: 80, isHidden: false },
  { name: '_email', type: 'Email', required: true, maxLength: 80, isHidden: false },
  { name: 'Containers', type: 'Number', required: false, maxLength: 4, isHidden: false },
  { name: 'Phone', type: 'Phone', required: false, maxLength: 40, isHidden: false },
  { name: 'Subscribe', type: 'Checkbox', required: false, maxLength: 5, isHidden: false },
  { name: 'Topic', type: 'ChoiceList', required: false, isHidden: false, choiceListId },
  { name: '_subject', type: 'Text', required: false, maxLength: 255, isHidden: false },
  { name: 'Page', type: 'Text', required: false, maxLength: 255, isHidden: true },
].map((field, index) => ({ order: index + 1, ...field }))

const topics = ['Billing', 'Bookings', 'Lost containers']

/**
 * Returns the options of a deployment that asks for all fields, once for each conversation or
 * session.
 */
export function preChat(
  displayContext: PreChatForm['displayContext'],
): Required<Pick<DeploymentOptions, 'forms' | 'choiceListConfig'>> {
  const choiceListValues = topics.map((choiceListValueName, index) => ({
    order: index + 1,
    choiceListValueName,
    choiceListValueId: `0CV00000000000${index + 1}`,
    isDefaultValue: index === 0,
  }))
  return {
    forms: [{ formType: 'PreChat', displayContext, formFields }],
    choiceListConfig: { choiceList: [{ choiceListId, choiceListValues }] },
  }
}

/** Returns the deployment; where the switch `preChat` is set, with the form that it names. */
export function switchedDeployment({ deployment, switches }: SandboxState): Deployment {
  if (switches.preChat === null) return deployment
  return {
    ...deployment,
    ...preChat(switches.preChat === 'session' ? 'Session' : 'Conversation'),
  }
}
