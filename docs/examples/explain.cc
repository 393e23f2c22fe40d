// SPDX-License-Identifier: Apache-2.0
// explain KITH_HOME PROJECT ROOT SUBJECT: says in C++ why a package or a person is (not) trusted.
// The same headers serve both languages; what the library hands over is freed by its own functions.
//
//     c++ -std=c++17 -o explain explain.cc $(pkg-config --cflags --libs kith)
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include <kith/kith.h>

namespace {

struct Failure : std::runtime_error {
	explicit Failure(const kith_error &err)
	    : std::runtime_error(err.msg), status(kith_code_exit(err.code))
	{
	}
	int status;
};

using Session = std::unique_ptr<kith_session, decltype(&kith_session_free)>;

Session
open_session(const char *home)
{
	kith_session_options options{};
	kith_session *session = nullptr;
	kith_error err;

	options.home = options.kith_home = home;
	options.offline = 1;
	if (kith_session_new(&options, &session, &err))
		throw Failure(err);
	return Session(session, &kith_session_free);
}

std::string
explain(kith_session &session, const char *project, const char *root, const char *subject)
{
	kith_explain_options options{};
	kith_error err;
	char *text = nullptr;
	size_t len = 0;

	options.path = project;
	options.subject = subject;
	options.roots = &root;
	options.n_roots = 1;
	if (kith_explain(&session, &options, &text, &len, &err))
		throw Failure(err);
	const std::unique_ptr<void, decltype(&kith_free)> owned(text, &kith_free);
	return std::string(text, len);
}

} // namespace

int
main(int argc, char **argv)
{
	if (argc != 5) {
		std::cerr << "usage: explain KITH_HOME PROJECT ROOT SUBJECT\n";
		return 2;
	}
	try {
		const Session session = open_session(argv[1]);
		std::cout << explain(*session, argv[2], argv[3], argv[4]);
	} catch (const Failure &failure) {
		std::cerr << "explain: " << failure.what() << '\n';
		return failure.status;
	}
	return 0;
}
