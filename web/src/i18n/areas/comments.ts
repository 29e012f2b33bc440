export const vi = {
  title: 'Trao đổi',
  empty: 'Chưa có ý kiến trao đổi nào.',
  write: 'Thêm ý kiến trao đổi',
  help: 'Gõ @ và tên để nhắc một người; họ sẽ được báo.',
  send: 'Gửi ý kiến',
  sent: 'Đã gửi ý kiến.',
  missing: 'Vui lòng viết nội dung trước khi gửi.',
  people: 'Người có thể nhắc tên',
};
export const en = {
  title: 'Discussion',
  empty: 'Nothing has been said yet.',
  write: 'Add to the discussion',
  help: 'Type @ and a name to mention somebody; they will be told.',
  send: 'Send',
  sent: 'Sent.',
  missing: 'Please write something before sending.',
  people: 'People you may mention',
};
