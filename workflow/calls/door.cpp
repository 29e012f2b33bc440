#include "workflow/calls/door.hpp"

#include <algorithm>
#include <array>

namespace kyhan {
namespace {

WorkflowError unreachable(std::string detail) {
  return standard_error("communication", 500, std::move(detail));
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

/// What another origin may see of a request: nothing by which it could pass for the caller.
void drop_credentials(Errand& errand) {
  static constexpr std::array<std::string_view, 4> harmless{"accept", "accept-language",
                                                            "content-type", "user-agent"};
  std::erase_if(errand.headers, [](const auto& header) {
    return std::ranges::find(harmless, lower_case(header.first)) == harmless.end();
  });
  errand.authorization.clear();
  errand.digest_username.clear();
  errand.digest_password.clear();
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

WorkflowError error_of(const ExchangeResult& result, const std::string& uri) {
  const std::string where(without_query(uri));
  switch (result.failure) {
    case ExchangeResult::Failure::timeout:
      return unreachable(where + " has not answered in time");
    case ExchangeResult::Failure::too_large:
      return unreachable("the answer of " + where + " is larger than allowed (10 MiB)");
    case ExchangeResult::Failure::tls:
      return unreachable(where +
                         ": the certificate or the encryption is not acceptable: " + result.words);
    default:
      return unreachable(where + " cannot be reached: " + result.words);
  }
}

}  // namespace

class Door::Way : public std::enable_shared_from_this<Door::Way> {
 public:
  Way(Door& door, Errand errand, Done done)
      : door_(door), errand_(std::move(errand)), done_(std::move(done)) {}
  ~Way() {
    if (number_ != 0) door_.transport_.abort(number_);
  }

  void hop() {
    // What people see is the address as written; with a detour the exchange goes elsewhere.
    std::string url = errand_.uri;
    const std::optional<UrlParts> shown = split_url(url);
    if (!shown) return end(unreachable("only absolute http and https addresses can be called"));
    if (!door_.rules_.may_ask(shown->host, shown->port)) {
      return end(unreachable("the host " + shown->host +
                             " is not among those the operator allows (allow_hosts)"));
    }
    detoured_ = false;
    for (const Detour& detour : door_.rules_.detours) {
      if (!detour.matches(url)) continue;
      std::string target = detour.target;
      std::string rest = url.substr(detour.prefix.size());
      if (target.ends_with('/') && rest.starts_with('/')) target.pop_back();
      url = target + rest;
      detoured_ = true;
      break;
    }
    const std::optional<UrlParts> parts = split_url(url);
    if (!parts) return end(unreachable("the address of a detour is not valid"));
    exchange_ = Exchange{};
    exchange_.url = url;
    exchange_.host = parts->host;
    exchange_.port = parts->port;
    if (detoured_) {
      const bool usual = shown->port == (shown->scheme == "https" ? "443" : "80");
      exchange_.headers.emplace_back("Host", shown->host + (usual ? "" : ":" + shown->port));
    }
    exchange_.by_proxy = !detoured_ && !door_.rules_.proxy.empty() &&
                         std::ranges::none_of(door_.rules_.no_proxy, [&](const HostPattern& one) {
                           return one.matches(parts->host, parts->port);
                         });
    auto answer = [way = weak_from_this(),
                   &transport = door_.transport_](const std::vector<IpAddress>& addresses) {
      transport.post([way, addresses] {
        if (const std::shared_ptr<Way> self = way.lock()) self->resolved(addresses);
      });
    };
    door_.resolver_.resolve(parts->host, std::move(answer));
  }

 private:
  void resolved(const std::vector<IpAddress>& addresses) {
    for (const IpAddress& address : addresses) {
      const bool reachable = detoured_ ? address.is_loopback() : door_.rules_.may_reach(address);
      if (reachable) exchange_.addresses.push_back(address);
    }
    // A proxy may know names that nobody here does.
    const bool proxy_knows = exchange_.by_proxy && addresses.empty();
    if (exchange_.addresses.empty() && !proxy_knows) {
      const std::string host = exchange_.host;
      if (addresses.empty()) return end(unreachable("there is no host named " + host));
      return end(unreachable(host + " is not on the public internet; only the operator can allow "
                                    "such addresses (allow_net)"));
    }
    exchange_.method = errand_.method;
    exchange_.headers.insert(exchange_.headers.end(), errand_.headers.begin(),
                             errand_.headers.end());
    if (!errand_.authorization.empty()) {
      exchange_.headers.emplace_back("Authorization", errand_.authorization);
    }
    exchange_.body = errand_.body;
    exchange_.digest_username = errand_.digest_username;
    exchange_.digest_password = errand_.digest_password;
    exchange_.deadline = errand_.deadline;
    number_ = door_.transport_.send(std::move(exchange_), [this](ExchangeResult result) {
      number_ = 0;
      const std::shared_ptr<Way> alive = shared_from_this();  // end() may let it go.
      answered(std::move(result));
    });
  }

  void answered(ExchangeResult result) {
    if (result.failure != ExchangeResult::Failure::none) {
      return end(error_of(result, errand_.uri));
    }
    const bool may_follow = errand_.follow && (errand_.method == "GET" || errand_.method == "HEAD");
    if (may_follow && is_redirect(result.status)) {
      for (const auto& [name, location] : result.headers) {
        if (lower_case(name) == "location") return redirect(location, result.status);
      }
    }
    end(CallAnswer{result.status, std::move(result.headers), std::move(result.body), errand_.uri});
  }

  void redirect(const std::string& location, int status) {
    if (++hops_ > redirects_max) {
      return end(standard_error("communication", status,
                                "more than " + std::to_string(redirects_max) + " redirects"));
    }
    const std::optional<std::string> next = resolve_url(errand_.uri, location);
    if (!next) return end(unreachable("a redirect leads to no http or https address"));
    const std::optional<UrlParts> here = split_url(errand_.uri);
    const std::optional<UrlParts> there = split_url(*next);
    if (!here || !there || !here->same_origin(*there)) drop_credentials(errand_);
    errand_.uri = *next;
    hop();
  }

  void end(Outcome<CallAnswer> outcome) {
    const Done done = std::move(done_);
    done_ = {};
    if (done) done(std::move(outcome));
  }

  Door& door_;
  Errand errand_;
  Done done_;
  Exchange exchange_;
  bool detoured_ = false;
  int hops_ = 0;
  std::uint64_t number_ = 0;
};

std::shared_ptr<Door::Way> Door::send(Errand errand, Done done) {
  auto way = std::make_shared<Way>(*this, std::move(errand), std::move(done));
  // Never at once: the caller has the way in hand before it is told how it ended.
  transport_.post([starting = std::weak_ptr<Way>(way)] {
    if (const std::shared_ptr<Way> self = starting.lock()) self->hop();
  });
  return way;
}

}  // namespace kyhan
