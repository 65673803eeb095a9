"""Says where pip would fetch one wheel from, as lines of a curl configuration.

usage: find_wheel.py REQUIREMENT FILENAME

pip's own set-up is asked (index, mirrors, folders of wheels, proxy, certificates), so that whatever works for `pip install` on
this machine works here. pip cannot resume a broken download of half a gigabyte; curl can.
Exit status 3: this pip cannot be asked in this way, or knows no such file.
"""

import sys
import urllib.parse


def platforms(filename):
    """The platform tags that a wheel's name ends with."""
    return filename.removesuffix(".whl").split("-")[-1].split(".")


def link_of(requirement, filename):
    from pip._internal.cli import cmdoptions
    from pip._internal.commands import create_command

    command = create_command("download")
    args = ["--no-deps", "--only-binary=:all:", "--python-version", "3.11"]
    for platform in platforms(filename):
        args += ["--platform", platform]
    # `main_context` and `parse_args` are what pip itself does before it runs a command.
    options, _ = command.parse_args([*args, requirement])
    with command.main_context():
        session = command._build_session(options)
        finder = command._build_package_finder(
            options=options,
            session=session,
            target_python=cmdoptions.make_target_python(options),
        )
        for candidate in finder.find_all_candidates(requirement.split("==")[0]):
            if candidate.link.filename == filename:
                return candidate.link, options, session
    return None, options, session


def quoted(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    requirement, filename = sys.argv[1:]
    link, options, session = link_of(requirement, filename)
    if link is None:
        print(f"pip's index does not have {filename}", file=sys.stderr)
        return 3
    lines = {"url": link.url.split("#")[0]}
    if options.cert:
        lines["cacert"] = options.cert
    if options.client_cert:
        lines["cert"] = options.client_cert
    if options.proxy:
        lines["proxy"] = options.proxy
    auth = getattr(session, "auth", None)
    if hasattr(auth, "_get_url_and_credentials") and not link.is_file:
        lines["url"], user, password = auth._get_url_and_credentials(lines["url"])
        if user:
            lines["user"] = f"{user}:{password or ''}"
    for key, value in lines.items():
        print(f"{key} = {quoted(value)}")
    host = urllib.parse.urlsplit(lines["url"]).hostname
    if host in [trusted.split(":")[0] for trusted in options.trusted_hosts]:
        print("insecure")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ImportError, AttributeError, TypeError) as error:
        print(f"this pip could not be asked: {error}", file=sys.stderr)
        sys.exit(3)
