#pragma once

// A request and its answer on Boost.Asio and Beast, over plain http. For https
// put a boost::asio::ssl::stream around the beast::tcp_stream.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "clone/http.h"

inline boost::asio::awaitable<clone_auth::HttpResponse> ExchangeOrThrow(
    const clone_auth::HttpRequest& request) {
  namespace http = boost::beast::http;
  const auto& await = boost::asio::use_awaitable;
  const auto executor = co_await boost::asio::this_coro::executor;
  const std::string rest = request.target.substr(sizeof "http://" - 1);
  const std::string authority = rest.substr(0, rest.find('/'));
  const std::size_t colon = authority.rfind(':');
  boost::asio::ip::tcp::resolver resolver(executor);
  const auto found = co_await resolver.async_resolve(
      authority.substr(0, colon), authority.substr(colon + 1), await);

  boost::beast::tcp_stream stream(executor);
  stream.expires_after(std::chrono::seconds(30));
  co_await stream.async_connect(found, await);
  http::request<http::string_body> sent(http::string_to_verb(request.method),
                                        rest.substr(authority.size()), 11);
  sent.set(http::field::host, authority);
  for (const auto& field : request.headers) sent.set(field.name, field.value);
  sent.body() = request.body;
  sent.prepare_payload();
  co_await http::async_write(stream, sent, await);

  boost::beast::flat_buffer buffer;
  http::response<http::string_body> received;
  co_await http::async_read(stream, buffer, received, await);
  clone_auth::HttpResponse answer;
  answer.status = static_cast<int>(received.result_int());
  for (const auto& field : received) {
    answer.headers.Add(std::string(field.name_string()),
                       std::string(field.value()));
  }
  answer.body = std::move(received.body());
  co_return answer;
}

/// An answer is a value, whatever its status; no answer is an error.
inline boost::asio::awaitable<clone_auth::Result<clone_auth::HttpResponse>>
Exchange(clone_auth::HttpRequest request) {
  try {
    co_return co_await ExchangeOrThrow(request);
  } catch (const std::exception& failure) {
    co_return clone_auth::Status(clone_auth::Reason::kUnreachable,
                                 failure.what());
  }
}
