import { optionItem, titleItem } from './items.js'

const options = (...titles: string[]) => titles.map((title) => optionItem(title))

/** Creates one input of each type of `enhanced-chat-api.md` §3.5, in the order of the form. */
export const formInputs = () => [
  { inputType: 'StaticTitle', id: 'in-title', label: titleItem('Tell us about your cargo') },
  {
    inputType: 'TextInput',
    id: 'in-container',
    label: titleItem('Container no.'),
    hintText: 'Four letters and seven digits',
    required: true,
    maximumCharacterCount: 11,
    regEx: '^[A-Z]{4}[0-9]{7}$',
    keyboardType: 'Default',
    textInputType: 'Singleline',
    placeholder: 'HRBU1234567',
  },
  {
    inputType: 'TextInput',
    id: 'in-remarks',
    label: titleItem('Remarks'),
    required: false,
    maximumCharacterCount: 500,
    textInputType: 'Multiline',
  },
  {
    inputType: 'SelectInput',
    id: 'in-kind',
    label: titleItem('Kind of container'),
    required: false,
    selectionDisplay: 'Dropdown',
    multipleSelection: false,
    optionItems: options('Dry', 'Reefer', 'Tank'),
  },
  {
    inputType: 'SelectInput',
    id: 'in-services',
    label: titleItem('Services'),
    required: false,
    selectionDisplay: 'Checkboxes',
    multipleSelection: true,
    optionItems: options('Customs', 'Storage', 'Trucking'),
  },
  {
    inputType: 'OptionPickerInput',
    id: 'in-berth',
    label: titleItem('Berth'),
    required: false,
    optionItems: options('Berth 4', 'Berth 7'),
  },
  {
    inputType: 'SelectNavigationInput',
    id: 'in-dangerous',
    label: titleItem('Dangerous goods?'),
    required: false,
    optionItems: options('Yes', 'No'),
  },
  {
    inputType: 'DatePickerInput',
    id: 'in-day',
    label: titleItem('Day of arrival'),
    required: false,
    minimumDate: '2026-01-01',
    maximumDate: '2036-12-31',
    dateFormat: 'yyyy-MM-dd',
  },
  {
    inputType: 'DateTimePickerInput',
    id: 'in-pick-up',
    label: titleItem('Pick-up'),
    required: false,
    minimumDateTime: '2026-01-01T00:00:00Z',
  },
  { inputType: 'StaticFooter', id: 'in-footer', label: titleItem('We answer within a day.') },
]
