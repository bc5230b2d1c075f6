"""The staging workspace: the slots of one hub, what each needs, and the scans."""
