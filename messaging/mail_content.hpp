#pragma once
/// What an e-mail says: from a message of `kyhan.reminders` and from what stands in the database
/// now.

#include <memory>
#include <string>
#include <variant>

#include "messaging/mail_message.hpp"
#include "messaging/mail_templates.hpp"
#include "workflow/core/model.hpp"

namespace kyhan {

class Engine;
class Store;

/// Why a message gives no e-mail (any more): English, kept with it.
struct MailSkipped {
  std::string why;
};

struct MailWriting {
  Mailbox from;
  std::string public_url;  ///< Without a slash at its end.
  /// Makes the link that switches e-mail off for a person; empty: none.
  std::function<std::string(const PersonId&)> unsubscribe;
};

/// True for what is to be sent at once: a digest, or a reminder or notice with `delivery: now`.
[[nodiscard]] bool is_for_mail(const CloudEvent& event);
/// Whom a message is for; empty: nobody.
[[nodiscard]] PersonId addressee_of(const CloudEvent& event);

class MailWriter {
 public:
  MailWriter(Store& store, Engine& engine, std::shared_ptr<const MailTemplates> templates,
             MailWriting writing);
  /// Looks at person, preferences and task again. Errors: of the database.
  [[nodiscard]] Result<std::variant<MailMessage, MailSkipped>> write(const std::string& id,
                                                                     const CloudEvent& event) const;

 private:
  struct Item;
  [[nodiscard]] Result<std::optional<Item>> item(const PersonId& person, std::int64_t notification,
                                                 const std::string& source) const;
  [[nodiscard]] Json item_json(const Item& item, const std::string& language) const;

  Store& store_;
  Engine& engine_;
  std::shared_ptr<const MailTemplates> templates_;
  MailWriting writing_;
};

}  // namespace kyhan
