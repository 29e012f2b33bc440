#pragma once
/// The words of e-mails, as data: Mustache templates, one file for each kind, language and form:
/// `<name>.<vi|en>.<txt|html>`. The first line of a text is its subject ("Subject: ..."), then
/// comes an empty line. Built in are those of definitions/templates/; a folder may replace or add
/// some.

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "workflow/core/json.hpp"
#include "workflow/core/result.hpp"

namespace kyhan {

/// What a template gives.
struct RenderedMail {
  std::string subject;
  std::string text;
  std::string html;
};

/// Immutable; any thread.
class MailTemplates {
 public:
  /// Errors: `invalid` "templates-invalid" with every fault, the file as pointer; a folder that
  /// cannot be read is one. An empty path: the built-in ones alone.
  [[nodiscard]] static Result<std::shared_ptr<const MailTemplates>> load(
      const std::filesystem::path& folder);

  [[nodiscard]] bool contains(const std::string& name) const;
  /// `data` is what the template's tags name. A template that is not there gives "notice".
  [[nodiscard]] RenderedMail render(const std::string& name, const std::string& language,
                                    const Json& data) const;

 private:
  std::map<std::string, std::string> files_;  ///< By file name.
};

/// The files of definitions/templates/ as they were at build time: name and text.
[[nodiscard]] const std::map<std::string, std::string>& built_in_templates();

}  // namespace kyhan
